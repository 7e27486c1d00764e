import type { Messages } from "./types.ts";

/** Spanish. */
export const spanish: Messages = {
  language: "es",
  closeReasons: {
    session_expired: {
      title: "La sesión ha caducado",
      sentence: "El acceso a esta consola era por tiempo limitado y ese tiempo ha terminado.",
      next: "Abrir de nuevo",
    },
    token_expired: {
      title: "Este enlace ha caducado",
      sentence: "Los enlaces a esta consola valen por tiempo limitado y este se abrió demasiado tarde.",
      next: "Obtener un acceso nuevo",
    },
    token_invalid: {
      title: "Este enlace no es válido",
      sentence:
        "La pasarela no reconoce este enlace. Puede que esté incompleto, que sea demasiado antiguo o que se haya revocado.",
      next: "Obtener un acceso nuevo",
    },
    console_moved: {
      title: "La consola se ha trasladado",
      sentence:
        "La consola ya no está donde indica este enlace. La máquina se trasladó o se reinició, o se retiró el acceso.",
      next: "Abrir de nuevo",
    },
    instance_deleted: {
      title: "Máquina eliminada",
      sentence: "Se eliminó la máquina de esta consola.",
      next: "Reintentar",
    },
    session_terminated: {
      title: "Sesión finalizada por un administrador",
      sentence: "Un administrador finalizó esta sesión o revocó el acceso que utilizaba.",
      next: "Abrir de nuevo",
    },
    session_replaced: {
      title: "Consola abierta en otro lugar",
      sentence: "Otra sesión ha tomado el control de esta consola y solo se permite una a la vez.",
      next: "Abrir aquí de nuevo",
    },
    takeover_denied: {
      title: "La consola está en uso",
      sentence: "La persona que usa esta consola no se la ha cedido.",
      next: "Volver a pedirla",
    },
    idle_timeout: {
      title: "Sesión cerrada por inactividad",
      sentence:
        "Durante un tiempo no se escribió, ni se movió el puntero, ni se pegó nada, así que la pasarela cerró la sesión.",
      next: "Abrir de nuevo",
    },
    forbidden: {
      title: "Acceso no permitido",
      sentence: "Las reglas de la pasarela no permiten abrir esta consola.",
      next: "Reintentar",
    },
    origin_not_allowed: {
      title: "Este sitio no puede abrir consolas",
      sentence:
        "La pasarela solo acepta los sitios que ha indicado su operador, y esta página no pertenece a ninguno de ellos.",
      next: "Reintentar",
    },
    target_not_found: {
      title: "No se encuentra la máquina",
      sentence: "La pasarela no encontró nada en la dirección donde debería estar la consola de esta máquina.",
      next: "Reintentar",
    },
    target_untrusted: {
      title: "No se pudo verificar la máquina",
      sentence:
        "La pasarela no pudo verificar el certificado de la consola de la máquina, así que no se conectó a ella.",
      next: "Reintentar",
    },
    target_security_failed: {
      title: "La pasarela no puede usar esta consola",
      sentence:
        "La pasarela llegó a la consola de la máquina, pero no se pusieron de acuerdo en cómo conectarse. Sus versiones o ajustes de seguridad no coinciden.",
      next: "Reintentar",
    },
    protocol_error: {
      title: "La pasarela no entendió esta página",
      sentence: "Recibió un mensaje que no pudo leer y cerró la conexión.",
      next: "Reintentar",
    },
    server_draining: {
      title: "La pasarela se está reiniciando",
      sentence: "Cerró sus sesiones para apagarse y todavía no ha vuelto.",
      next: "Reintentar",
    },
    server_busy: {
      title: "La pasarela está ocupada",
      sentence: "Ha alcanzado un límite, como el de sesiones, y no abre más consolas en este momento.",
      next: "Reintentar",
    },
    target_unreachable: {
      title: "No se puede acceder a la máquina",
      sentence: "La pasarela no pudo conectarse a la consola de la máquina. Puede que la máquina esté apagada.",
      next: "Reintentar",
    },
    target_closed: {
      title: "La máquina cerró su consola",
      sentence: "Ocurre cuando una máquina se apaga, se reinicia o se traslada.",
      next: "Abrir de nuevo",
    },
    target_timeout: {
      title: "La máquina no respondió",
      sentence: "La pasarela esperó a la consola de la máquina, pero no hubo respuesta a tiempo.",
      next: "Reintentar",
    },
    lookup_failed: {
      title: "No se puede comprobar este enlace",
      sentence:
        "Un servicio que la pasarela necesita para comprobar enlaces no responde en este momento. Puede que el enlace siga siendo válido.",
      next: "Reintentar",
    },
    internal_error: {
      title: "Fallo de la pasarela",
      sentence: "Algo salió mal dentro de la pasarela. No fue por nada que usted hiciera.",
      next: "Reintentar",
    },
    client_closed: {
      title: "Desconectado",
      sentence: "Ha salido de esta consola. La máquina sigue en marcha.",
      next: "Abrir de nuevo",
    },
    connection_lost: {
      title: "Conexión perdida",
      sentence: "La conexión con la pasarela se cortó y no se pudo restablecer.",
      next: "Reintentar",
    },
    connect_failed: {
      title: "Sin conexión con la pasarela",
      sentence: "El navegador no pudo comunicarse con la pasarela. Compruebe la red y vuelva a intentarlo.",
      next: "Reintentar",
    },
    server_refused: {
      title: "El servidor cerró la conexión de inmediato",
      sentence:
        "No indicó el motivo. Puede que este enlace haya caducado o sea incorrecto, que este sitio no pueda abrir consolas allí o que la consola de la máquina no esté disponible.",
      next: "Obtener un acceso nuevo",
    },
    access_expired: {
      title: "Su acceso terminó durante una interrupción",
      sentence: "La conexión con la consola se cortó y, antes de restablecerse, terminó el tiempo de su acceso.",
      next: "Abrir de nuevo",
    },
    authorize_failed: {
      title: "Acceso no concedido",
      sentence: "La página solicitó acceso a esta consola y no lo obtuvo.",
      next: "Reintentar",
    },
    credentials_rejected: {
      title: "Error al iniciar sesión",
      sentence: "La consola de la máquina no aceptó la contraseña o el nombre de usuario.",
      next: "Reintentar",
    },
    server_not_trusted: {
      title: "No se confirmó la identidad de la máquina",
      sentence:
        "La consola de la máquina debía identificarse y su identidad no se confirmó. No se le envió ninguna contraseña.",
      next: "Reintentar",
    },
    server_unsupported: {
      title: "Esta página no admite esta consola",
      sentence:
        "La consola de la máquina exige una forma de iniciar sesión o de representar la imagen que esta página no admite.",
      next: "Reintentar",
    },
    viewer_load_failed: {
      title: "El visor no se cargó",
      sentence: "No se pudo cargar una parte de esta página. Compruebe la red y vuelva a intentarlo.",
      next: "Reintentar",
    },
    viewer_failed: {
      title: "No se pudo mostrar la consola",
      sentence: "El visor no se inició en este navegador o no pudo procesar lo que envió la consola de la máquina.",
      next: "Reintentar",
    },
    unknown: {
      title: "La sesión ha terminado",
      sentence: "La pasarela indicó un motivo que esta página no conoce.",
      next: "Abrir de nuevo",
    },
  },
  advice: {
    newAccess: "Para continuar, abra de nuevo la consola desde donde obtuvo este enlace.",
    operator:
      "Si debería tener acceso, consulte al administrador de esta máquina e indíquele el código que aparece abajo.",
  },
  states: {
    idle: "Sin conexión",
    connecting: "Conectando…",
    waiting: "Esperando a la consola de la máquina.",
    connected: "Conectado",
    reconnecting: "Volviendo a conectar…",
    reconnectingByItself: "La página vuelve a conectarse sola.",
    machineUnaffected: "Esto no afecta a la máquina.",
    attempt: "Intento {attempt}",
    nextAttempt: "Próximo intento en {time}",
    closed: "Finalizada",
  },
  session: {
    timeLeft: "Restante: {time}",
    endsIn: "Esta sesión termina en {time}.",
    renewable: "Renuévela para seguir sin interrupciones. De lo contrario, se cerrará; la máquina sigue en marcha.",
    needsNewAccess: "Para continuar después, abra la consola con un enlace nuevo. La máquina sigue en marcha.",
    notRenewable: "No se puede prolongar. Después hará falta un acceso nuevo; la máquina sigue en marcha.",
    renewing: "Renovando…",
    renewed: "Renovada. Esta sesión termina ahora en {time}.",
    renewedForGood: "Renovada. Esta sesión ya no termina por sí sola.",
    renewFailed: "No se pudo renovar.",
    stillThere: "¿Sigue ahí?",
    closesWhenIdle: "Esta consola se cerrará en {time} si no la usa.",
  },
  takeover: {
    title: "Otra persona pide esta consola",
    titleBy: "{user} pide esta consola",
    sentence: "Si lo permite, su sesión termina. La máquina sigue en marcha.",
    timeLeft: "Sin respuesta en {time}, usted la conserva.",
    asking: "Preguntando en la consola…",
    askingSentence: "La consola está en uso. Tiempo para responder: {time}.",
  },
  actions: {
    open: "Abrir la consola",
    openAgain: "Abrir de nuevo",
    tryAgain: "Reintentar",
    tryNow: "Intentar ahora",
    renew: "Renovar",
    stillHere: "Sigo aquí",
    allow: "Permitir",
    decline: "Rechazar",
    hide: "Ocultar",
    cancel: "Cancelar",
    close: "Cerrar",
  },
  notices: {
    dropRefused: "No se pueden soltar archivos ni enlaces en una consola.",
    composition: "El texto de un método de entrada no llega a la máquina. Utilice el método de entrada de la máquina.",
  },
  labels: {
    vnc: "Pantalla de la máquina",
    spice: "Pantalla de la máquina",
    serial: "Terminal de la máquina",
    sessionEnd: "Fin de la sesión",
    takeover: "Petición de esta consola",
    operatorMessage: "El administrador escribió:",
    leave: "Pulse {keys} y suelte para salir de la consola con el teclado.",
  },
};
