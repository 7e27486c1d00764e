import type { Messages } from "./types.ts";

/** German. */
export const german: Messages = {
  language: "de",
  closeReasons: {
    session_expired: {
      title: "Sitzung abgelaufen",
      sentence: "Ihr Zugang zu dieser Konsole war zeitlich begrenzt, und diese Zeit ist um.",
      next: "Erneut öffnen",
    },
    token_expired: {
      title: "Dieser Link ist abgelaufen",
      sentence: "Links zu dieser Konsole gelten nur begrenzte Zeit, und dieser wurde zu spät geöffnet.",
      next: "Neuen Zugang anfordern",
    },
    token_invalid: {
      title: "Dieser Link ist ungültig",
      sentence:
        "Das Gateway kennt diesen Link nicht. Vielleicht ist er unvollständig oder zu alt, oder er wurde zurückgezogen.",
      next: "Neuen Zugang anfordern",
    },
    console_moved: {
      title: "Die Konsole ist umgezogen",
      sentence:
        "Die Konsole ist nicht mehr dort, wohin dieser Link führt. Die Maschine wurde verschoben oder neu gestartet, oder der Zugang wurde entzogen.",
      next: "Erneut öffnen",
    },
    instance_deleted: {
      title: "Maschine gelöscht",
      sentence: "Die Maschine dieser Konsole wurde gelöscht.",
      next: "Erneut versuchen",
    },
    session_terminated: {
      title: "Vom Administrator beendet",
      sentence: "Ein Administrator hat diese Sitzung beendet oder den Zugang dazu entzogen.",
      next: "Erneut öffnen",
    },
    session_replaced: {
      title: "An anderer Stelle geöffnet",
      sentence: "Eine andere Sitzung hat diese Konsole übernommen. Es ist nur eine zur selben Zeit erlaubt.",
      next: "Hier wieder öffnen",
    },
    takeover_denied: {
      title: "Die Konsole wird benutzt",
      sentence: "An dieser Konsole wurde Ihre Anfrage abgelehnt.",
      next: "Erneut anfragen",
    },
    idle_timeout: {
      title: "Wegen Inaktivität geschlossen",
      sentence:
        "Eine Zeit lang wurde weder getippt noch die Maus bewegt noch etwas eingefügt. Deshalb hat das Gateway die Sitzung geschlossen.",
      next: "Erneut öffnen",
    },
    forbidden: {
      title: "Zugriff nicht erlaubt",
      sentence: "Die Regeln des Gateways lassen nicht zu, dass diese Konsole geöffnet wird.",
      next: "Erneut versuchen",
    },
    origin_not_allowed: {
      title: "Diese Website darf keine Konsolen öffnen",
      sentence:
        "Das Gateway akzeptiert nur Websites, die sein Betreiber eingetragen hat. Diese Seite gehört zu keiner davon.",
      next: "Erneut versuchen",
    },
    target_not_found: {
      title: "Maschine nicht gefunden",
      sentence: "Unter der Adresse, an der die Konsole dieser Maschine sein sollte, hat das Gateway nichts gefunden.",
      next: "Erneut versuchen",
    },
    target_untrusted: {
      title: "Die Maschine konnte nicht überprüft werden",
      sentence:
        "Das Gateway konnte das Zertifikat der Konsole dieser Maschine nicht überprüfen. Deshalb hat es keine Verbindung hergestellt.",
      next: "Erneut versuchen",
    },
    target_security_failed: {
      title: "Das Gateway kann diese Konsole nicht verwenden",
      sentence:
        "Das Gateway hat die Konsole der Maschine erreicht, aber beide konnten sich nicht auf eine Verbindung einigen. Ihre Versionen oder Sicherheitseinstellungen passen nicht zusammen.",
      next: "Erneut versuchen",
    },
    protocol_error: {
      title: "Das Gateway hat diese Seite nicht verstanden",
      sentence: "Es hat eine Nachricht erhalten, die es nicht lesen konnte, und die Verbindung geschlossen.",
      next: "Erneut versuchen",
    },
    server_draining: {
      title: "Das Gateway startet neu",
      sentence: "Es hat seine Sitzungen zum Herunterfahren geschlossen und ist noch nicht wieder da.",
      next: "Erneut versuchen",
    },
    server_busy: {
      title: "Das Gateway ist ausgelastet",
      sentence: "Es hat eine Grenze erreicht, etwa die seiner Sitzungen, und öffnet im Moment keine weiteren Konsolen.",
      next: "Erneut versuchen",
    },
    target_unreachable: {
      title: "Maschine nicht erreichbar",
      sentence:
        "Das Gateway konnte keine Verbindung zur Konsole der Maschine herstellen. Vielleicht ist sie ausgeschaltet.",
      next: "Erneut versuchen",
    },
    target_closed: {
      title: "Die Maschine hat ihre Konsole geschlossen",
      sentence: "Das geschieht, wenn eine Maschine ausgeschaltet, neu gestartet oder verschoben wird.",
      next: "Erneut öffnen",
    },
    target_timeout: {
      title: "Die Maschine hat nicht geantwortet",
      sentence: "Das Gateway hat auf die Konsole der Maschine gewartet, aber es kam nicht rechtzeitig eine Antwort.",
      next: "Erneut versuchen",
    },
    lookup_failed: {
      title: "Dieser Link kann nicht geprüft werden",
      sentence:
        "Ein Dienst, den das Gateway zum Prüfen von Links braucht, antwortet im Moment nicht. Der Link kann noch gültig sein.",
      next: "Erneut versuchen",
    },
    internal_error: {
      title: "Fehler im Gateway",
      sentence: "Im Gateway ist etwas schiefgegangen. An Ihnen lag es nicht.",
      next: "Erneut versuchen",
    },
    client_closed: {
      title: "Getrennt",
      sentence: "Sie haben diese Konsole verlassen. Die Maschine läuft weiter.",
      next: "Erneut öffnen",
    },
    connection_lost: {
      title: "Verbindung verloren",
      sentence: "Die Verbindung zum Gateway ist abgerissen und ließ sich nicht wiederherstellen.",
      next: "Erneut versuchen",
    },
    connect_failed: {
      title: "Keine Verbindung zum Gateway",
      sentence: "Ihr Browser konnte das Gateway nicht erreichen. Prüfen Sie Ihr Netzwerk und versuchen Sie es erneut.",
      next: "Erneut versuchen",
    },
    server_refused: {
      title: "Der Server hat die Verbindung sofort geschlossen",
      sentence:
        "Einen Grund hat er nicht genannt. Vielleicht ist dieser Link abgelaufen oder falsch, diese Website darf dort keine Konsolen öffnen, oder die Konsole der Maschine ist nicht verfügbar.",
      next: "Neuen Zugang anfordern",
    },
    access_expired: {
      title: "Ihr Zugang endete während einer Unterbrechung",
      sentence:
        "Die Verbindung zur Konsole ist abgerissen, und bevor sie wiederhergestellt war, ist die Zeit Ihres Zugangs abgelaufen.",
      next: "Erneut öffnen",
    },
    authorize_failed: {
      title: "Kein Zugang erhalten",
      sentence: "Die Seite hat Zugang zu dieser Konsole angefordert und nicht bekommen.",
      next: "Erneut versuchen",
    },
    credentials_rejected: {
      title: "Anmeldung fehlgeschlagen",
      sentence: "Die Konsole der Maschine hat das Passwort oder den Benutzernamen nicht akzeptiert.",
      next: "Erneut versuchen",
    },
    server_not_trusted: {
      title: "Die Identität der Maschine wurde nicht bestätigt",
      sentence:
        "Die Konsole der Maschine musste sich ausweisen, und das wurde nicht bestätigt. Es wurde kein Passwort an sie gesendet.",
      next: "Erneut versuchen",
    },
    server_unsupported: {
      title: "Diese Seite unterstützt diese Konsole nicht",
      sentence:
        "Die Konsole der Maschine verlangt eine Art der Anmeldung oder der Darstellung, die diese Seite nicht beherrscht.",
      next: "Erneut versuchen",
    },
    viewer_load_failed: {
      title: "Die Anzeige wurde nicht geladen",
      sentence:
        "Ein Teil dieser Seite konnte nicht geladen werden. Prüfen Sie Ihr Netzwerk und versuchen Sie es erneut.",
      next: "Erneut versuchen",
    },
    viewer_failed: {
      title: "Die Konsole konnte nicht angezeigt werden",
      sentence:
        "Die Anzeige ist in diesem Browser nicht gestartet, oder sie konnte nicht verarbeiten, was die Konsole der Maschine gesendet hat.",
      next: "Erneut versuchen",
    },
    unknown: {
      title: "Die Sitzung ist beendet",
      sentence: "Das Gateway hat einen Grund genannt, den diese Seite nicht kennt.",
      next: "Erneut öffnen",
    },
  },
  advice: {
    newAccess: "Um weiterzuarbeiten, öffnen Sie die Konsole dort erneut, wo Sie diesen Link bekommen haben.",
    operator:
      "Wenn Sie Zugang haben sollten, wenden Sie sich an den Administrator dieser Maschine und nennen Sie den Code unten.",
  },
  states: {
    idle: "Nicht verbunden",
    connecting: "Verbindung wird hergestellt …",
    waiting: "Warten auf die Konsole der Maschine.",
    connected: "Verbunden",
    reconnecting: "Verbindung wird wiederhergestellt …",
    reconnectingByItself: "Die Seite verbindet sich von selbst wieder.",
    machineUnaffected: "Die Maschine ist davon nicht betroffen.",
    attempt: "Versuch {attempt}",
    nextAttempt: "Nächster Versuch in {time}",
    closed: "Beendet",
  },
  session: {
    timeLeft: "Noch {time}",
    endsIn: "Diese Sitzung endet in {time}.",
    renewable:
      "Verlängern Sie sie, um ohne Unterbrechung weiterzuarbeiten. Sonst wird sie geschlossen; die Maschine läuft weiter.",
    needsNewAccess:
      "Um danach weiterzuarbeiten, öffnen Sie die Konsole mit einem neuen Link. Die Maschine läuft weiter.",
    notRenewable: "Sie lässt sich nicht verlängern. Danach ist ein neuer Zugang nötig; die Maschine läuft weiter.",
    renewing: "Wird verlängert …",
    renewed: "Verlängert. Diese Sitzung endet jetzt in {time}.",
    renewedForGood: "Verlängert. Diese Sitzung endet nicht mehr von selbst.",
    renewFailed: "Die Verlängerung ist fehlgeschlagen.",
    stillThere: "Sind Sie noch da?",
    closesWhenIdle: "Diese Konsole wird in {time} geschlossen, wenn Sie sie nicht benutzen.",
  },
  takeover: {
    title: "Jemand anderes möchte diese Konsole",
    titleBy: "{user} möchte diese Konsole",
    sentence: "Wenn Sie zustimmen, endet Ihre Sitzung. Die Maschine läuft weiter.",
    timeLeft: "Ohne Antwort innerhalb von {time} behalten Sie sie.",
    asking: "Anfrage an der Konsole läuft…",
    askingSentence: "Die Konsole wird benutzt. Zeit für die Antwort: {time}.",
  },
  actions: {
    open: "Konsole öffnen",
    openAgain: "Erneut öffnen",
    tryAgain: "Erneut versuchen",
    tryNow: "Jetzt versuchen",
    renew: "Verlängern",
    stillHere: "Ich bin noch da",
    allow: "Zulassen",
    decline: "Ablehnen",
    hide: "Ausblenden",
    cancel: "Abbrechen",
    close: "Schließen",
  },
  notices: {
    dropRefused: "Dateien und Links können nicht auf eine Konsole gezogen werden.",
    composition:
      "Text aus einer Eingabemethode erreicht die Maschine nicht. Verwenden Sie die Eingabemethode der Maschine.",
  },
  labels: {
    vnc: "Bildschirm der Maschine",
    spice: "Bildschirm der Maschine",
    serial: "Terminal der Maschine",
    sessionEnd: "Ende der Sitzung",
    takeover: "Anfrage für diese Konsole",
    operatorMessage: "Der Administrator schreibt:",
    leave: "Drücken Sie {keys} und lassen Sie los, um die Konsole mit der Tastatur zu verlassen.",
  },
};
