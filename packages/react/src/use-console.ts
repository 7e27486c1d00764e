import type { CloseInfo, ConsoleConnection, ConsoleOptions } from "@curfew/client";
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
  connect(): Promise<void>;
  close(): Promise<void>;
}

/** The differences between the kinds of console. */
export interface ConsoleKind<Options, View> {
  create(target: HTMLElement, options: Options): View;
  /** Options that are also properties of the console, and are set there when a prop changes. */
  readonly live: readonly (keyof Options & keyof View)[];
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
  onClosed: ((info: CloseInfo) => void) | undefined,
  ref: ForwardedRef<View>,
): View | null {
  const latest = useRef({ options, onClosed });
  const created = useRef<View | null>(null);
  const mounted = useRef(false);
  const [view, setView] = useState<View | null>(null);

  useBrowserLayoutEffect(() => {
    latest.current = { options, onClosed };
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

  useEffect(() => (view ? open(view, mounted, (info) => latest.current.onClosed?.(info)) : undefined), [view]);

  useEffect(() => {
    if (view) assignDefined(view, options, kind.live);
  }, [view, ...kind.live.map((name) => options[name])]);

  return view;
}

/** Connects, and returns what closes again. */
function open(view: MountableConsole, mounted: { current: boolean }, onClosed: (info: CloseInfo) => void): () => void {
  mounted.current = true;
  const unsubscribe = view.connection.on("closed", onClosed);
  // A failure is told by the state.
  view.connect().catch(() => {});
  return () => {
    mounted.current = false;
    unsubscribe();
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

function assignDefined<Options extends object, View extends object>(
  view: View,
  options: Options,
  names: readonly (keyof Options & keyof View)[],
): void {
  for (const name of names) {
    const value = options[name];
    if (value !== undefined) Object.assign(view, { [name]: value });
  }
}
