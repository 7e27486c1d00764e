import type { Messages } from "./types.ts";

/** Japanese. */
export const japanese: Messages = {
  language: "ja",
  closeReasons: {
    session_expired: {
      title: "セッションの期限が切れました",
      sentence: "このコンソールへのアクセスには時間の制限があり、その時間が終了しました。",
      next: "もう一度開く",
    },
    token_expired: {
      title: "このリンクは期限切れです",
      sentence: "コンソールへのリンクには有効期限があります。このリンクは期限を過ぎてから開かれました。",
      next: "新しいアクセスを取得",
    },
    token_invalid: {
      title: "このリンクは無効です",
      sentence:
        "ゲートウェイがこのリンクを認識できません。リンクが途中で切れているか、古すぎるか、取り消された可能性があります。",
      next: "新しいアクセスを取得",
    },
    console_moved: {
      title: "コンソールが移動しました",
      sentence:
        "コンソールはこのリンクの指す場所にありません。マシンが移動または再起動されたか、アクセスが取り消されました。",
      next: "もう一度開く",
    },
    instance_deleted: {
      title: "マシンが削除されました",
      sentence: "このコンソールのマシンは削除されました。",
      next: "再試行",
    },
    session_terminated: {
      title: "管理者がセッションを終了しました",
      sentence: "管理者がこのセッションを終了したか、使用していたアクセスを取り消しました。",
      next: "もう一度開く",
    },
    session_replaced: {
      title: "別の場所で開かれました",
      sentence: "別のセッションがこのコンソールを引き継ぎました。同時に開けるセッションは 1 つだけです。",
      next: "ここでもう一度開く",
    },
    takeover_denied: {
      title: "コンソールは使用中です",
      sentence: "使用中のユーザーが交代を許可しませんでした。",
      next: "もう一度求める",
    },
    idle_timeout: {
      title: "操作がなかったため終了しました",
      sentence: "キー入力、ポインターの移動、貼り付けがしばらくなかったため、ゲートウェイがセッションを終了しました。",
      next: "もう一度開く",
    },
    forbidden: {
      title: "アクセスが許可されていません",
      sentence: "ゲートウェイの規則により、このコンソールを開くことはできません。",
      next: "再試行",
    },
    origin_not_allowed: {
      title: "このサイトからコンソールを開くことはできません",
      sentence: "ゲートウェイは運用者が登録したサイトだけを受け付けます。このページのサイトは登録されていません。",
      next: "再試行",
    },
    target_not_found: {
      title: "マシンが見つかりません",
      sentence: "このマシンのコンソールがあるはずのアドレスに、何も見つかりませんでした。",
      next: "再試行",
    },
    target_untrusted: {
      title: "マシンを確認できませんでした",
      sentence: "ゲートウェイがマシンのコンソールの証明書を検証できなかったため、接続しませんでした。",
      next: "再試行",
    },
    target_security_failed: {
      title: "ゲートウェイはこのコンソールを使用できません",
      sentence:
        "ゲートウェイはマシンのコンソールに到達しましたが、接続方法が一致しませんでした。バージョンまたはセキュリティの設定が合っていません。",
      next: "再試行",
    },
    protocol_error: {
      title: "ゲートウェイがこのページを処理できませんでした",
      sentence: "読み取れないメッセージを受信したため、ゲートウェイが接続を閉じました。",
      next: "再試行",
    },
    server_draining: {
      title: "ゲートウェイが再起動しています",
      sentence: "停止のためにすべてのセッションが閉じられ、ゲートウェイはまだ復帰していません。",
      next: "再試行",
    },
    server_busy: {
      title: "ゲートウェイが混み合っています",
      sentence: "セッション数などが上限に達しているため、現在は新しいコンソールを開けません。",
      next: "再試行",
    },
    target_unreachable: {
      title: "マシンに接続できません",
      sentence: "ゲートウェイがマシンのコンソールに接続できませんでした。マシンの電源が入っていない可能性があります。",
      next: "再試行",
    },
    target_closed: {
      title: "マシンがコンソールを閉じました",
      sentence: "マシンの停止、再起動、移動の際に起こります。",
      next: "もう一度開く",
    },
    target_timeout: {
      title: "マシンから応答がありませんでした",
      sentence: "ゲートウェイがマシンのコンソールを待ちましたが、時間内に応答がありませんでした。",
      next: "再試行",
    },
    lookup_failed: {
      title: "このリンクを確認できません",
      sentence:
        "ゲートウェイがリンクの確認に使うサービスが、現在応答していません。リンクはまだ有効な可能性があります。",
      next: "再試行",
    },
    internal_error: {
      title: "ゲートウェイで障害が発生しました",
      sentence: "ゲートウェイの内部で問題が起きました。お客様の操作が原因ではありません。",
      next: "再試行",
    },
    client_closed: {
      title: "切断しました",
      sentence: "このコンソールから離れました。マシンは引き続き動作しています。",
      next: "もう一度開く",
    },
    connection_lost: {
      title: "接続が失われました",
      sentence: "ゲートウェイとの接続が切れ、復旧できませんでした。",
      next: "再試行",
    },
    connect_failed: {
      title: "ゲートウェイに接続できません",
      sentence: "ブラウザーからゲートウェイに到達できませんでした。ネットワークを確認してから、再試行してください。",
      next: "再試行",
    },
    server_refused: {
      title: "サーバーがすぐに接続を閉じました",
      sentence:
        "理由は示されませんでした。リンクが期限切れか正しくない、このサイトからコンソールを開くことが許可されていない、またはマシンのコンソールが利用できない可能性があります。",
      next: "新しいアクセスを取得",
    },
    access_expired: {
      title: "接続が切れている間にアクセスの期限が切れました",
      sentence: "コンソールとの接続が切れ、復旧する前にアクセスの有効時間が終了しました。",
      next: "もう一度開く",
    },
    authorize_failed: {
      title: "アクセスを取得できませんでした",
      sentence: "このコンソールへのアクセスを要求しましたが、許可されませんでした。",
      next: "再試行",
    },
    credentials_rejected: {
      title: "サインインできませんでした",
      sentence: "マシンのコンソールが、パスワードまたはユーザー名を受け入れませんでした。",
      next: "再試行",
    },
    server_not_trusted: {
      title: "マシンの本人確認ができませんでした",
      sentence: "マシンのコンソールの識別情報が確認されませんでした。パスワードは送信されていません。",
      next: "再試行",
    },
    server_unsupported: {
      title: "このページはこのコンソールに対応していません",
      sentence: "マシンのコンソールが、このページが対応していないサインイン方法または描画方法を要求しています。",
      next: "再試行",
    },
    viewer_load_failed: {
      title: "表示部分を読み込めませんでした",
      sentence: "このページの一部を読み込めませんでした。ネットワークを確認してから、再試行してください。",
      next: "再試行",
    },
    viewer_failed: {
      title: "コンソールを表示できませんでした",
      sentence: "このブラウザーで表示を開始できなかったか、マシンのコンソールから送られた内容を処理できませんでした。",
      next: "再試行",
    },
    unknown: {
      title: "セッションが終了しました",
      sentence: "このページでは認識できない理由で、ゲートウェイがセッションを終了しました。",
      next: "もう一度開く",
    },
  },
  advice: {
    newAccess: "続けるには、このリンクを入手した場所からコンソールをもう一度開いてください。",
    operator: "アクセスできるはずの場合は、下のコードを添えて、このマシンの管理者にお問い合わせください。",
  },
  states: {
    idle: "未接続",
    connecting: "接続しています…",
    waiting: "マシンのコンソールを待っています。",
    connected: "接続済み",
    reconnecting: "再接続しています…",
    reconnectingByItself: "自動的に再接続します。",
    machineUnaffected: "マシンには影響ありません。",
    attempt: "{attempt} 回目の試行",
    nextAttempt: "次の試行まで {time}",
    closed: "終了",
  },
  session: {
    timeLeft: "残り {time}",
    endsIn: "このセッションは {time}後に終了します。",
    renewable: "延長すると、中断せずに作業を続けられます。延長しない場合は終了しますが、マシンは動作を続けます。",
    needsNewAccess: "その後も続けるには、新しいリンクでコンソールを開いてください。マシンは動作を続けます。",
    notRenewable: "延長はできません。その後は新しいアクセスが必要です。マシンは動作を続けます。",
    renewing: "延長しています…",
    renewed: "延長しました。このセッションは {time}後に終了します。",
    renewedForGood: "延長しました。このセッションが自動的に終了することはありません。",
    renewFailed: "延長できませんでした。",
    stillThere: "まだご利用中ですか？",
    closesWhenIdle: "操作がない場合、このコンソールは {time}後に閉じます。",
  },
  takeover: {
    title: "ほかのユーザーがこのコンソールの使用を求めています",
    titleBy: "{user} さんがこのコンソールの使用を求めています",
    sentence: "許可すると、あなたのセッションは終了します。マシンは動作を続けます。",
    timeLeft: "{time}以内に回答がなければ、このまま使えます。",
    asking: "使用中のユーザーに確認しています…",
    askingSentence: "コンソールは使用中です。使用中のユーザーは{time}以内に回答できます。",
  },
  actions: {
    open: "コンソールを開く",
    openAgain: "もう一度開く",
    tryAgain: "再試行",
    tryNow: "今すぐ試す",
    renew: "延長",
    stillHere: "利用中です",
    allow: "許可",
    decline: "拒否",
    hide: "非表示",
    cancel: "キャンセル",
    close: "閉じる",
  },
  notices: {
    dropRefused: "コンソールにファイルやリンクをドロップすることはできません。",
    composition:
      "インプットメソッドで入力した文字列はマシンに届きません。マシン側のインプットメソッドを使用してください。",
  },
  labels: {
    vnc: "マシンの画面",
    spice: "マシンの画面",
    serial: "マシンの端末",
    sessionEnd: "セッションの終了",
    takeover: "このコンソールの使用の求め",
    operatorMessage: "管理者からのメッセージ：",
    leave: "{keys} を押して離すと、キーボードでコンソールから離れられます。",
  },
};
