import type { Messages } from "./types.ts";

/** French. */
export const french: Messages = {
  language: "fr",
  closeReasons: {
    session_expired: {
      title: "Session expirée",
      sentence: "Votre accès à cette console était limité dans le temps, et ce temps est écoulé.",
      next: "Rouvrir",
    },
    token_expired: {
      title: "Ce lien a expiré",
      sentence: "Les liens vers cette console ont une durée limitée, et celui-ci a été ouvert trop tard.",
      next: "Obtenir un nouvel accès",
    },
    token_invalid: {
      title: "Ce lien n’est pas valide",
      sentence: "La passerelle ne connaît pas ce lien. Il est peut-être incomplet ou trop ancien, ou il a été révoqué.",
      next: "Obtenir un nouvel accès",
    },
    console_moved: {
      title: "La console a été déplacée",
      sentence:
        "La console n’est plus là où mène ce lien. La machine a été déplacée ou redémarrée, ou l’accès a été retiré.",
      next: "Rouvrir",
    },
    instance_deleted: {
      title: "Machine supprimée",
      sentence: "La machine de cette console a été supprimée.",
      next: "Réessayer",
    },
    session_terminated: {
      title: "Session terminée par un administrateur",
      sentence: "Un administrateur a mis fin à cette session ou révoqué l’accès qu’elle utilisait.",
      next: "Rouvrir",
    },
    session_replaced: {
      title: "Console ouverte ailleurs",
      sentence: "Une autre session a pris le contrôle de cette console, et une seule est autorisée à la fois.",
      next: "Rouvrir ici",
    },
    takeover_denied: {
      title: "La console est utilisée",
      sentence: "La personne qui utilise cette console ne vous l’a pas cédée.",
      next: "Redemander",
    },
    idle_timeout: {
      title: "Session fermée pour inactivité",
      sentence:
        "Il n’y a eu ni saisie, ni mouvement du pointeur, ni collage pendant un moment. La passerelle a donc fermé la session.",
      next: "Rouvrir",
    },
    forbidden: {
      title: "Accès non autorisé",
      sentence: "Les règles de la passerelle ne permettent pas d’ouvrir cette console.",
      next: "Réessayer",
    },
    origin_not_allowed: {
      title: "Ce site ne peut pas ouvrir de consoles",
      sentence:
        "La passerelle n’accepte que les sites indiqués par son opérateur, et cette page n’appartient à aucun d’eux.",
      next: "Réessayer",
    },
    target_not_found: {
      title: "Machine introuvable",
      sentence: "La passerelle n’a rien trouvé à l’adresse où devrait être la console de cette machine.",
      next: "Réessayer",
    },
    target_untrusted: {
      title: "La machine n’a pas pu être vérifiée",
      sentence:
        "La passerelle n’a pas pu vérifier le certificat de la console de la machine. Elle ne s’y est donc pas connectée.",
      next: "Réessayer",
    },
    target_security_failed: {
      title: "La passerelle ne peut pas utiliser cette console",
      sentence:
        "La passerelle a atteint la console de la machine, mais elles ne se sont pas accordées sur la connexion. Leurs versions ou leurs réglages de sécurité ne correspondent pas.",
      next: "Réessayer",
    },
    protocol_error: {
      title: "La passerelle n’a pas compris cette page",
      sentence: "Elle a reçu un message qu’elle n’a pas pu lire et a fermé la connexion.",
      next: "Réessayer",
    },
    server_draining: {
      title: "La passerelle redémarre",
      sentence: "Elle a fermé ses sessions pour s’arrêter et n’est pas encore revenue.",
      next: "Réessayer",
    },
    server_busy: {
      title: "La passerelle est occupée",
      sentence: "Elle a atteint une limite, comme celle de ses sessions, et n’ouvre plus de consoles pour le moment.",
      next: "Réessayer",
    },
    target_unreachable: {
      title: "Machine injoignable",
      sentence: "La passerelle n’a pas pu se connecter à la console de la machine. Celle-ci est peut-être éteinte.",
      next: "Réessayer",
    },
    target_closed: {
      title: "La machine a fermé sa console",
      sentence: "Cela arrive quand une machine est éteinte, redémarrée ou déplacée.",
      next: "Rouvrir",
    },
    target_timeout: {
      title: "La machine n’a pas répondu",
      sentence: "La passerelle a attendu la console de la machine, mais aucune réponse n’est venue à temps.",
      next: "Réessayer",
    },
    lookup_failed: {
      title: "Ce lien ne peut pas être vérifié",
      sentence:
        "Un service dont la passerelle a besoin pour vérifier les liens ne répond pas pour le moment. Le lien est peut-être encore valide.",
      next: "Réessayer",
    },
    internal_error: {
      title: "Erreur de la passerelle",
      sentence: "Un problème est survenu dans la passerelle. Vous n’y êtes pour rien.",
      next: "Réessayer",
    },
    client_closed: {
      title: "Déconnecté",
      sentence: "Vous avez quitté cette console. La machine continue de fonctionner.",
      next: "Rouvrir",
    },
    connection_lost: {
      title: "Connexion perdue",
      sentence: "La connexion à la passerelle a été coupée et n’a pas pu être rétablie.",
      next: "Réessayer",
    },
    connect_failed: {
      title: "Pas de connexion à la passerelle",
      sentence: "Votre navigateur n’a pas pu joindre la passerelle. Vérifiez votre réseau, puis réessayez.",
      next: "Réessayer",
    },
    server_refused: {
      title: "Le serveur a aussitôt fermé la connexion",
      sentence:
        "Il n’a pas donné de raison. Ce lien a peut-être expiré ou est incorrect, ce site n’a peut-être pas le droit d’y ouvrir des consoles, ou la console de la machine n’est pas disponible.",
      next: "Obtenir un nouvel accès",
    },
    access_expired: {
      title: "Votre accès a pris fin pendant une coupure",
      sentence:
        "La connexion à la console a été coupée et, avant son rétablissement, la durée de votre accès était écoulée.",
      next: "Rouvrir",
    },
    authorize_failed: {
      title: "Accès non obtenu",
      sentence: "La page a demandé un accès à cette console et ne l’a pas obtenu.",
      next: "Réessayer",
    },
    credentials_rejected: {
      title: "Échec de l’authentification",
      sentence: "La console de la machine n’a pas accepté le mot de passe ou le nom d’utilisateur.",
      next: "Réessayer",
    },
    server_not_trusted: {
      title: "L’identité de la machine n’a pas été confirmée",
      sentence:
        "La console de la machine devait s’identifier, et son identité n’a pas été confirmée. Aucun mot de passe ne lui a été envoyé.",
      next: "Réessayer",
    },
    server_unsupported: {
      title: "Cette page ne prend pas en charge cette console",
      sentence:
        "La console de la machine exige un mode d’authentification ou d’affichage que cette page ne prend pas en charge.",
      next: "Réessayer",
    },
    viewer_load_failed: {
      title: "L’affichage n’a pas été chargé",
      sentence: "Une partie de cette page n’a pas pu être chargée. Vérifiez votre réseau, puis réessayez.",
      next: "Réessayer",
    },
    viewer_failed: {
      title: "La console n’a pas pu être affichée",
      sentence:
        "L’affichage n’a pas démarré dans ce navigateur, ou il n’a pas pu traiter ce que la console de la machine a envoyé.",
      next: "Réessayer",
    },
    unknown: {
      title: "La session est terminée",
      sentence: "La passerelle a donné une raison que cette page ne connaît pas.",
      next: "Rouvrir",
    },
  },
  advice: {
    newAccess: "Pour continuer, rouvrez la console là où vous avez obtenu ce lien.",
    operator:
      "Si vous devriez avoir accès, adressez-vous à l’administrateur de cette machine et indiquez le code ci-dessous.",
  },
  states: {
    idle: "Non connecté",
    connecting: "Connexion…",
    waiting: "En attente de la console de la machine.",
    connected: "Connecté",
    reconnecting: "Reconnexion…",
    reconnectingByItself: "La page se reconnecte d’elle-même.",
    machineUnaffected: "La machine n’est pas concernée.",
    attempt: "Tentative {attempt}",
    nextAttempt: "Prochaine tentative dans {time}",
    closed: "Terminé",
  },
  session: {
    timeLeft: "Encore {time}",
    endsIn: "Cette session se termine dans {time}.",
    renewable:
      "Prolongez-la pour continuer sans interruption. Sinon, elle se ferme\u00a0; la machine continue de fonctionner.",
    needsNewAccess:
      "Pour continuer ensuite, rouvrez la console avec un nouveau lien. La machine continue de fonctionner.",
    notRenewable:
      "Elle ne peut pas être prolongée. Ensuite, il faudra un nouvel accès\u00a0; la machine continue de fonctionner.",
    renewing: "Prolongation…",
    renewed: "Session prolongée. Elle se termine maintenant dans {time}.",
    renewedForGood: "Session prolongée. Elle ne se termine plus d’elle-même.",
    renewFailed: "La prolongation a échoué.",
    stillThere: "Toujours là\u00a0?",
    closesWhenIdle: "Cette console se ferme dans {time} si vous ne l’utilisez pas.",
  },
  takeover: {
    title: "Une autre personne demande cette console",
    titleBy: "{user} demande cette console",
    sentence: "Si vous acceptez, votre session se termine. La machine continue de fonctionner.",
    timeLeft: "Sans réponse dans {time}, vous la gardez.",
    asking: "Demande en cours…",
    askingSentence: "La console est utilisée. Temps pour répondre\u00a0: {time}.",
  },
  actions: {
    open: "Ouvrir la console",
    openAgain: "Rouvrir",
    tryAgain: "Réessayer",
    tryNow: "Essayer maintenant",
    renew: "Prolonger",
    stillHere: "Je suis là",
    allow: "Autoriser",
    decline: "Refuser",
    hide: "Masquer",
    cancel: "Annuler",
    close: "Fermer",
  },
  notices: {
    dropRefused: "Il n’est pas possible de déposer des fichiers ou des liens sur une console.",
    composition:
      "Le texte d’une méthode de saisie n’atteint pas la machine. Utilisez la méthode de saisie de la machine.",
  },
  labels: {
    vnc: "Écran de la machine",
    spice: "Écran de la machine",
    serial: "Terminal de la machine",
    sessionEnd: "Fin de la session",
    takeover: "Demande pour cette console",
    operatorMessage: "L’administrateur a écrit\u00a0:",
    leave: "Appuyez sur {keys} puis relâchez pour quitter la console au clavier.",
  },
};
