import type { ConsoleState } from "@curfew/client";
import { VncConsole, type VncOptions } from "@curfew/client/vnc";
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, type ShallowRef } from "vue";

/** A console in the element `screen`, from mounting to unmounting. */
export function useVncConsole(screen: Readonly<ShallowRef<HTMLElement | null>>, options: VncOptions) {
  const state = shallowRef<ConsoleState>({ status: "idle" });
  const now = ref(performance.now());
  const session = computed(() => (state.value.status === "connected" ? state.value.session : null));
  /** Milliseconds until the session ends; null while nothing will end it. */
  const leftMs = computed(() => (session.value?.expiresAt ? session.value.expiresAt - now.value : null));
  let vnc: VncConsole | undefined;
  let clock: ReturnType<typeof setInterval>;

  // The state tells how it went.
  const connect = () => void vnc?.connect().catch(() => {});
  const renew = () => void vnc?.connection.renew().catch(() => {});

  onMounted(() => {
    vnc = new VncConsole(screen.value!, options);
    vnc.on("state", (next) => {
      now.value = performance.now();
      state.value = next;
    });
    clock = setInterval(() => (now.value = performance.now()), 250);
    connect();
  });
  onBeforeUnmount(() => {
    clearInterval(clock);
    void vnc?.close();
  });
  return { state, session, leftMs, connect, renew };
}
