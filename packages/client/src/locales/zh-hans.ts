import type { Messages } from "./types.ts";

/** Chinese in simplified characters. */
export const simplifiedChinese: Messages = {
  language: "zh-Hans",
  closeReasons: {
    session_expired: {
      title: "会话已到期",
      sentence: "您对此控制台的访问有时间限制，现在时间已到。",
      next: "重新打开",
    },
    token_expired: {
      title: "此链接已过期",
      sentence: "此控制台的链接只在一段时间内有效，这个链接打开得太晚了。",
      next: "获取新的访问权限",
    },
    token_invalid: {
      title: "此链接无效",
      sentence: "网关不认识此链接。链接可能不完整或太旧，或者已被撤销。",
      next: "获取新的访问权限",
    },
    console_moved: {
      title: "控制台已迁移",
      sentence: "控制台已不在此链接指向的位置。机器已迁移或重启，或访问权限已被收回。",
      next: "重新打开",
    },
    instance_deleted: {
      title: "机器已被删除",
      sentence: "此控制台所属的机器已被删除。",
      next: "重试",
    },
    session_terminated: {
      title: "会话已被管理员结束",
      sentence: "管理员结束了此会话，或撤销了它所使用的访问权限。",
      next: "重新打开",
    },
    session_replaced: {
      title: "已在其他位置打开",
      sentence: "另一个会话接管了此控制台，同一时间只允许一个会话。",
      next: "在此重新打开",
    },
    idle_timeout: {
      title: "因长时间无操作而关闭",
      sentence: "一段时间内没有键盘输入、指针移动或粘贴，网关因此关闭了会话。",
      next: "重新打开",
    },
    forbidden: {
      title: "不允许访问",
      sentence: "网关的规则不允许打开此控制台。",
      next: "重试",
    },
    origin_not_allowed: {
      title: "此网站不能打开控制台",
      sentence: "网关只接受其运营者登记的网站，而此页面所在的网站未登记。",
      next: "重试",
    },
    target_not_found: {
      title: "找不到机器",
      sentence: "网关在此机器控制台应在的地址上没有找到任何内容。",
      next: "重试",
    },
    target_untrusted: {
      title: "无法验证机器",
      sentence: "网关无法验证此机器控制台的证书，因此没有连接。",
      next: "重试",
    },
    target_security_failed: {
      title: "网关无法使用此控制台",
      sentence: "网关已到达此机器的控制台，但双方未能就连接方式达成一致。它们的版本或安全设置不匹配。",
      next: "重试",
    },
    protocol_error: {
      title: "网关无法理解此页面",
      sentence: "网关收到了无法读取的消息，因此关闭了连接。",
      next: "重试",
    },
    server_draining: {
      title: "网关正在重启",
      sentence: "网关为停机关闭了所有会话，目前尚未恢复。",
      next: "重试",
    },
    server_busy: {
      title: "网关繁忙",
      sentence: "网关已达到会话数等上限，暂时不能打开更多控制台。",
      next: "重试",
    },
    target_unreachable: {
      title: "无法连接到机器",
      sentence: "网关无法连接到此机器的控制台。机器可能已关机。",
      next: "重试",
    },
    target_closed: {
      title: "机器关闭了控制台",
      sentence: "机器关机、重启或迁移时会出现这种情况。",
      next: "重新打开",
    },
    target_timeout: {
      title: "机器没有响应",
      sentence: "网关等待了机器的控制台，但没有及时收到响应。",
      next: "重试",
    },
    lookup_failed: {
      title: "无法检查此链接",
      sentence: "网关检查链接所需的服务目前没有响应。此链接可能仍然有效。",
      next: "重试",
    },
    internal_error: {
      title: "网关发生故障",
      sentence: "网关内部出现了问题，与您的操作无关。",
      next: "重试",
    },
    client_closed: {
      title: "已断开连接",
      sentence: "您已离开此控制台。机器仍在运行。",
      next: "重新打开",
    },
    connection_lost: {
      title: "连接已中断",
      sentence: "与网关的连接已断开，且未能恢复。",
      next: "重试",
    },
    connect_failed: {
      title: "无法连接到网关",
      sentence: "浏览器无法连接到网关。请检查网络，然后重试。",
      next: "重试",
    },
    server_refused: {
      title: "服务器立即关闭了连接",
      sentence: "服务器未说明原因。此链接可能已过期或不正确，此网站可能无权在该处打开控制台，或者机器的控制台不可用。",
      next: "获取新的访问权限",
    },
    access_expired: {
      title: "您的访问在连接中断期间到期",
      sentence: "与控制台的连接已断开，在恢复之前，您的访问时间已到。",
      next: "重新打开",
    },
    authorize_failed: {
      title: "未获得访问权限",
      sentence: "此页面请求访问此控制台，但未获准许。",
      next: "重试",
    },
    credentials_rejected: {
      title: "登录失败",
      sentence: "机器的控制台未接受密码或用户名。",
      next: "重试",
    },
    server_not_trusted: {
      title: "未确认机器的身份",
      sentence: "机器的控制台需要证明其身份，但未得到确认。未向其发送任何密码。",
      next: "重试",
    },
    server_unsupported: {
      title: "此页面不支持此控制台",
      sentence: "机器的控制台要求的登录方式或显示方式，此页面不支持。",
      next: "重试",
    },
    viewer_load_failed: {
      title: "查看器未加载",
      sentence: "此页面的一部分无法加载。请检查网络，然后重试。",
      next: "重试",
    },
    viewer_failed: {
      title: "无法显示控制台",
      sentence: "查看器未能在此浏览器中启动，或者无法处理机器的控制台发送的内容。",
      next: "重试",
    },
    unknown: {
      title: "会话已结束",
      sentence: "网关给出了此页面无法识别的原因。",
      next: "重新打开",
    },
  },
  advice: {
    newAccess: "要继续使用，请从获得此链接的位置重新打开控制台。",
    operator: "如果您应当有访问权限，请联系此机器的管理员，并提供下方的代码。",
  },
  states: {
    idle: "未连接",
    connecting: "正在连接…",
    waiting: "正在等待机器的控制台。",
    connected: "已连接",
    reconnecting: "正在重新连接…",
    reconnectingByItself: "页面会自动重新连接。",
    machineUnaffected: "机器不受影响。",
    attempt: "第 {attempt} 次尝试",
    nextAttempt: "{time}后再次尝试",
    closed: "已结束",
  },
  session: {
    timeLeft: "剩余{time}",
    endsIn: "此会话将在{time}后结束。",
    renewable: "续期后即可不间断地继续工作。否则会话将关闭，机器仍会继续运行。",
    needsNewAccess: "如需在此之后继续，请使用新链接重新打开控制台。机器仍会继续运行。",
    notRenewable: "此会话无法延长。之后需要新的访问权限，机器仍会继续运行。",
    renewing: "正在续期…",
    renewed: "已续期。此会话将在{time}后结束。",
    renewedForGood: "已续期。此会话不会再自动结束。",
    renewFailed: "续期失败。",
    stillThere: "您还在吗？",
    closesWhenIdle: "如果不使用，此控制台将在{time}后关闭。",
  },
  actions: {
    open: "打开控制台",
    openAgain: "重新打开",
    tryAgain: "重试",
    tryNow: "立即尝试",
    renew: "续期",
    stillHere: "我还在",
    hide: "隐藏",
    cancel: "取消",
    close: "关闭",
  },
  notices: {
    dropRefused: "无法将文件或链接拖放到控制台上。",
    composition: "输入法输入的文字无法送达机器。请使用机器自带的输入法。",
  },
  labels: {
    vnc: "机器的屏幕",
    spice: "机器的屏幕",
    serial: "机器的终端",
    sessionEnd: "会话结束提示",
    operatorMessage: "管理员留言：",
    leave: "按下 {keys} 后松开，即可用键盘离开控制台。",
  },
};
