import type { Messages } from "./types.ts";

/** English. */
export const english: Messages = {
  language: "en",
  closeReasons: {
    session_expired: {
      title: "Session expired",
      sentence: "Your access to this console was limited in time, and that time is over.",
      next: "Open again",
    },
    token_expired: {
      title: "This link has expired",
      sentence: "Links to this console are valid for a limited time, and this one was opened too late.",
      next: "Get new access",
    },
    token_invalid: {
      title: "This link is not valid",
      sentence: "The gateway does not know this link. It may be incomplete or too old, or it was revoked.",
      next: "Get new access",
    },
    console_moved: {
      title: "The console has moved",
      sentence:
        "The console is no longer where this link leads. The machine was moved or restarted, or the access was withdrawn.",
      next: "Open again",
    },
    instance_deleted: {
      title: "Machine deleted",
      sentence: "The machine of this console was deleted.",
      next: "Try again",
    },
    session_terminated: {
      title: "Ended by an operator",
      sentence: "An operator ended this session or revoked its access.",
      next: "Open again",
    },
    session_replaced: {
      title: "Opened somewhere else",
      sentence: "Another session took over this console, and only one is allowed at a time.",
      next: "Open here again",
    },
    takeover_denied: {
      title: "The console is in use",
      sentence: "The user at this console did not let you take it over.",
      next: "Ask again",
    },
    idle_timeout: {
      title: "Closed due to inactivity",
      sentence: "There was no typing, pointer movement or pasting for a while, so the gateway closed the session.",
      next: "Open again",
    },
    forbidden: {
      title: "Access not allowed",
      sentence: "The gateway’s rules do not allow this console to be opened.",
      next: "Try again",
    },
    origin_not_allowed: {
      title: "This site may not open consoles",
      sentence: "The gateway only accepts the sites that its operator has listed, and this page is not on one of them.",
      next: "Try again",
    },
    target_not_found: {
      title: "Machine not found",
      sentence: "The gateway found nothing at the address where this machine’s console should be.",
      next: "Try again",
    },
    target_untrusted: {
      title: "The machine could not be verified",
      sentence: "The gateway could not verify the certificate of the machine’s console, so it did not connect to it.",
      next: "Try again",
    },
    target_security_failed: {
      title: "The gateway cannot use this console",
      sentence:
        "The gateway reached the machine’s console, but the two did not agree on how to connect. Their versions or security settings do not match.",
      next: "Try again",
    },
    protocol_error: {
      title: "The gateway did not understand this page",
      sentence: "It received a message that it could not read and closed the connection.",
      next: "Try again",
    },
    server_draining: {
      title: "The gateway is restarting",
      sentence: "It closed its sessions to shut down, and is not available again yet.",
      next: "Try again",
    },
    server_busy: {
      title: "The gateway is busy",
      sentence: "It has reached a limit, such as that of its sessions, and opens no more consoles at the moment.",
      next: "Try again",
    },
    target_unreachable: {
      title: "Machine not reachable",
      sentence: "The gateway could not connect to the machine’s console. The machine may be switched off.",
      next: "Try again",
    },
    target_closed: {
      title: "The machine closed its console",
      sentence: "That happens when a machine is switched off, restarted or moved.",
      next: "Open again",
    },
    target_timeout: {
      title: "The machine did not answer",
      sentence: "The gateway waited for the machine’s console, but no answer came in time.",
      next: "Try again",
    },
    lookup_failed: {
      title: "This link cannot be checked",
      sentence:
        "A service that the gateway needs for checking links does not respond at the moment. The link may still be valid.",
      next: "Try again",
    },
    internal_error: {
      title: "Error in the gateway",
      sentence: "Something went wrong inside the gateway. It was not caused by anything you did.",
      next: "Try again",
    },
    client_closed: {
      title: "Disconnected",
      sentence: "You closed this console. The machine keeps running.",
      next: "Open again",
    },
    connection_lost: {
      title: "Connection lost",
      sentence: "The connection to the gateway broke and could not be restored.",
      next: "Try again",
    },
    connect_failed: {
      title: "No connection to the gateway",
      sentence: "Your browser could not reach the gateway. Check your network, then try again.",
      next: "Try again",
    },
    server_refused: {
      title: "The server closed the connection at once",
      sentence:
        "It gave no reason. This link may have expired or be wrong, this site may not be allowed to open consoles there, or the machine’s console may not be available.",
      next: "Get new access",
    },
    access_expired: {
      title: "Your access ended while the connection was lost",
      sentence: "The connection to the console broke, and before it was back, the time of your access was over.",
      next: "Open again",
    },
    authorize_failed: {
      title: "Access not granted",
      sentence: "The page requested access to this console, but did not get it.",
      next: "Try again",
    },
    credentials_rejected: {
      title: "Sign-in failed",
      sentence: "The machine’s console did not accept the password or the user name.",
      next: "Try again",
    },
    server_not_trusted: {
      title: "The machine’s identity was not confirmed",
      sentence:
        "The machine’s console had to prove its identity, and that was not confirmed. No password was sent to it.",
      next: "Try again",
    },
    server_unsupported: {
      title: "This page does not support this console",
      sentence: "The machine’s console requires a way to sign in or to draw that this page does not have.",
      next: "Try again",
    },
    viewer_load_failed: {
      title: "The viewer did not load",
      sentence: "Part of this page could not be loaded. Check your network, then try again.",
      next: "Try again",
    },
    viewer_failed: {
      title: "The console could not be shown",
      sentence: "The viewer did not start in this browser, or it could not process what the machine’s console sent.",
      next: "Try again",
    },
    unknown: {
      title: "The session ended",
      sentence: "The gateway gave a reason that this page does not know.",
      next: "Open again",
    },
  },
  advice: {
    newAccess: "To continue, open the console again from the place where you got this link.",
    operator: "If you should have access, contact the operator of this machine and quote the code below.",
  },
  states: {
    idle: "Not connected",
    connecting: "Connecting…",
    waiting: "Waiting for the machine’s console.",
    connected: "Connected",
    reconnecting: "Reconnecting…",
    reconnectingByItself: "The page connects again by itself.",
    machineUnaffected: "The machine is not affected.",
    attempt: "Attempt {attempt}",
    nextAttempt: "Next attempt in {time}",
    closed: "Ended",
  },
  session: {
    timeLeft: "{time} left",
    endsIn: "This session ends in {time}.",
    renewable: "Renew it to keep working without interruption. Otherwise it closes; the machine keeps running.",
    needsNewAccess: "To continue after that, open the console again with a new link. The machine keeps running.",
    notRenewable: "It cannot be extended. After that you need new access; the machine keeps running.",
    renewing: "Renewing…",
    renewed: "Renewed. This session now ends in {time}.",
    renewedForGood: "Renewed. This session no longer expires.",
    renewFailed: "The renewal failed.",
    stillThere: "Still there?",
    closesWhenIdle: "This console closes in {time} unless you use it.",
  },
  takeover: {
    title: "Another user wants this console",
    titleBy: "{user} wants this console",
    sentence: "If you allow it, your session ends. The machine keeps running.",
    timeLeft: "Without an answer in {time}, you keep it.",
    asking: "Asking the user at the console…",
    askingSentence: "The console is in use. Its user has {time} to let you in.",
  },
  actions: {
    open: "Open console",
    openAgain: "Open again",
    tryAgain: "Try again",
    tryNow: "Try now",
    renew: "Renew",
    stillHere: "I’m still here",
    allow: "Allow",
    decline: "Decline",
    hide: "Hide",
    cancel: "Cancel",
    close: "Close",
  },
  notices: {
    dropRefused: "Files and links cannot be dropped on a console.",
    composition: "Text from an input method does not reach the machine. Use the machine’s own input method.",
  },
  labels: {
    vnc: "Screen of the machine",
    spice: "Screen of the machine",
    serial: "Terminal of the machine",
    sessionEnd: "End of the session",
    takeover: "Request for this console",
    operatorMessage: "The operator wrote:",
    leave: "Press and release {keys} to leave the console with the keyboard.",
  },
};
