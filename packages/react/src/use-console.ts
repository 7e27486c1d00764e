import type {
  CloseInfo,
  ConsoleConnection,
  ConsoleError,
  ConsoleEvents,
  ConsoleOptions,
  ConsoleState,
} from "@curfew/client";
import type { ConsoleView, ElementType } from "@curfew/client/element";
import {
  type ForwardedRef,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

/** The members of `VncConsole` and `SerialConsole` that this package uses. */
export interface MountableConsole {
  readonly connection: ConsoleConnection;
  on: ConsoleView["on"];
  connect(): Promise<void>;
  close(): Promise<void>;
  focus(): void;
}

/** Props that are called at events of the connection, unless the component was unmounted. */
export interface ConsoleListeners {
  /** Called at each change of the state. */
  onStateChange?: (state: ConsoleState) => void;
  /** Called at each warning before the end. */
  onExpiring?: (warning: ConsoleEvents["expiring"]) => void;
  /** Called when the session was renewed in place. */
  onRenewed?: (renewal: ConsoleEvents["renewed"]) => void;
  /** Called when a renewal failed; the old deadline stands. */
  onRenewFailed?: (error: ConsoleError) => void;
  /** Called at the end. */
  onClosed?: (info: CloseInfo) => void;
}

/** {@link ConsoleListeners} as a component passes them on. */
type Listeners = { readonly [Name in keyof ConsoleListeners]: ConsoleListeners[Name] | undefined };

/** The differences between the kinds of console. */
export interface ConsoleKind<Options, View> {
  readonly type: ElementType;
  create(target: HTMLElement, options: Options): View;
  /** The settings that can change while the console is open, as they are without a prop. */
  readonly defaults: Readonly<Partial<Record<keyof Options & keyof View, unknown>>>;
}

/** React 18 warns about layout effects when it renders on a server, where they have no effect. */
const useBrowserLayoutEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;

/**
 * Creates a console in the element of `target` when the component mounts, connects it, and closes
 * it when the component unmounts.
 *
 * @returns null until mounted.
 */
export function useConsole<Options extends ConsoleOptions, View extends MountableConsole>(
  kind: ConsoleKind<Options, View>,
  target: RefObject<HTMLElement | null>,
  options: Options,
  listeners: Listeners,
  ref: ForwardedRef<View>,
): View | null {
  const latest = useRef({ options, listeners });
  const live = Object.keys(kind.defaults) as readonly (keyof Options & keyof View)[];
  const created = useRef<View | null>(null);
  const mounted = useRef(false);
  const [view, setView] = useState<View | null>(null);

  useBrowserLayoutEffect(() => {
    latest.current = { options, listeners };
  });

  useBrowserLayoutEffect(() => {
    if (created.current || !target.current) return;
    created.current = kind.create(
      target.current,
      withLatestCallbacks(options, () => latest.current.options),
    );
    setView(created.current);
  }, []);

  useImperativeHandle<View | null, View | null>(ref, () => created.current, []);

  useEffect(() => (view ? open(view, mounted, () => latest.current.listeners) : undefined), [view]);

  const applied = useRef<Partial<Options>>({});
  useEffect(() => {
    if (!view) return;
    for (const name of live) {
      const value = options[name];
      // A setting that never had a prop belongs to the ref.
      if (value !== undefined) Object.assign(view, { [name]: value });
      else if (applied.current[name] !== undefined) Object.assign(view, { [name]: kind.defaults[name] });
    }
    applied.current = options;
  }, [view, ...live.map((name) => options[name])]);

  return view;
}

/** Connects, and returns what closes again. */
function open(view: MountableConsole, mounted: { current: boolean }, listeners: () => Listeners): () => void {
  mounted.current = true;
  const stop = new AbortController();
  const listen = { signal: stop.signal };
  view.connection.on("state", (state) => listeners().onStateChange?.(state), listen);
  view.connection.on("expiring", (warning) => listeners().onExpiring?.(warning), listen);
  view.connection.on("renewed", (renewal) => listeners().onRenewed?.(renewal), listen);
  view.connection.on("renewfailed", (error) => listeners().onRenewFailed?.(error), listen);
  view.connection.on("closed", (info) => listeners().onClosed?.(info), listen);
  // A failure is told by the state.
  view.connect().catch(() => {});
  return () => {
    mounted.current = false;
    stop.abort();
    // Later: StrictMode unmounts and mounts again at once, and that is no reason to end a session.
    queueMicrotask(() => {
      if (!mounted.current) void view.close();
    });
  };
}

/** The options with every function replaced by one that calls what the option is by then. */
function withLatestCallbacks<Options extends object>(options: Options, latest: () => Options): Options {
  const entries = Object.entries(options).map(([name, value]: [string, unknown]) => {
    if (typeof value !== "function") return [name, value];
    const call = (...args: unknown[]): unknown => {
      const now: unknown = latest()[name as keyof Options];
      return Reflect.apply(typeof now === "function" ? now : value, undefined, args);
    };
    return [name, call];
  });
  return Object.fromEntries(entries) as Options;
}
