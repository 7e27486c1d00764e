import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { VERSION } from "../../../packages/proxy/src/version.ts";
import { ROOT } from "../../root.ts";
import { readContainerFile } from "../container/packaged.ts";
import { workloadIn } from "./pod.ts";
import { CHART, helm, only, render, VALUES_HA } from "./render.ts";
import { problemsOf } from "./schema.ts";

const folder = await mkdtemp(join(tmpdir(), "curfew-chart-"));
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Values that use everything that the defaults leave out. */
const EVERYTHING = {
  "admin.existingSecret": "curfew-admin",
  "admin.service.enabled": true,
  "secretFiles.existingSecret": "curfew-secrets",
  "tls.existingSecret": "curfew-tls",
  "image.pullSecrets": [{ name: "registry" }],
  env: [{ name: "CURFEW_LOG_LEVEL", value: "debug" }],
  "service.annotations": { "example.com/a": "b" },
  "serviceAccount.annotations": { "example.com/a": "b" },
  "ingress.enabled": true,
  "ingress.className": "haproxy",
  "ingress.path": "/consoles/",
  "ingress.tlsSecret": "curfew-ingress",
  "networkPolicy.enabled": true,
  "networkPolicy.egress": [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 5900, endPort: 5999 }] }],
  "persistence.storageClass": "fast",
  "serviceMonitor.enabled": true,
  "serviceMonitor.labels": { release: "prometheus" },
  podLabels: { team: "consoles" },
  podAnnotations: { "example.com/a": "b" },
  nodeSelector: { "kubernetes.io/arch": "amd64" },
  tolerations: [{ key: "consoles", operator: "Exists" }],
  affinity: { nodeAffinity: {} },
  priorityClassName: "high",
};

const SHARED_STORE = { "persistence.enabled": false, "config.cluster": { store: "redis://valkey:6379" } };

const [defaults, ha, everything, autoscaled] = await Promise.all([
  render(),
  render({}, VALUES_HA),
  render(EVERYTHING),
  render({ ...EVERYTHING, ...SHARED_STORE, "autoscaling.enabled": true }),
]);

const CASES = [
  { name: "the defaults", manifests: defaults },
  { name: "the values for several gateways", manifests: ha },
  { name: "everything with one gateway", manifests: everything },
  { name: "everything with a changing number of gateways", manifests: autoscaled },
];

const configIn = (manifests: typeof defaults): string =>
  (only(manifests, "ConfigMap")["data"] as Readonly<Record<string, string>>)["curfew.yaml"] ?? "";

test("Helm finds nothing to remark, but that there is no icon", async () => {
  for (const values of [[], ["--values", VALUES_HA]]) {
    const said = await helm("lint", "--strict", CHART, ...values);
    expect(said.match(/\[.*/gu)).toEqual(["[INFO] Chart.yaml: icon is recommended"]);
  }
});

test("the chart and the image have the version of the gateway", async () => {
  const chart = parse(await readFile(join(CHART, "Chart.yaml"), "utf8")) as Readonly<Record<string, unknown>>;
  expect(chart).toMatchObject({ version: VERSION, appVersion: VERSION });
  expect(workloadIn(defaults).template.spec.containers[0].image).toMatch(new RegExp(`:${VERSION}$`, "u"));
});

describe.each(CASES)("with $name", ({ manifests }) => {
  const { selector, template, volumeClaimTemplates = [] } = workloadIn(manifests);
  const { spec } = template;
  const [container] = spec.containers;
  const environment = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));

  test("Kubernetes accepts all manifests", () => {
    expect(manifests.flatMap(problemsOf)).toEqual([]);
  });

  test("the pod keeps to the restricted Pod Security Standard, with a read-only root file system", () => {
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(only(manifests, "ServiceAccount")).toMatchObject({
      metadata: { name: spec.serviceAccountName },
      automountServiceAccountToken: false,
    });
  });

  test("the pod has the image's user, and writes where the image does", () => {
    const file = readContainerFile("Containerfile");
    const [, user, group] = (/^USER (\d+):(\d+)$/mu.exec(file) ?? []).map(Number);
    expect(spec.securityContext).toMatchObject({ runAsUser: user, runAsGroup: group, fsGroup: group });
    const [, state] = /^VOLUME (\S+)$/mu.exec(file) ?? [];
    const writable = container.volumeMounts.filter(({ name }) => ["state", "tmp"].includes(name));
    expect(writable.map(({ mountPath }) => mountPath)).toEqual([state, "/tmp"]);
  });

  test("everything that is mounted exists, and every file that a variable names is mounted", () => {
    const volumes = [
      ...spec.volumes.map(({ name }) => name),
      ...volumeClaimTemplates.map(({ metadata }) => metadata.name),
    ];
    const mounted = container.volumeMounts.map(({ name }) => name);
    expect(mounted.toSorted()).toEqual(volumes.toSorted());
    const paths = [...Object.values(environment), ...container.args].filter((value) => value?.startsWith("/"));
    for (const path of paths) {
      expect(
        container.volumeMounts.filter(({ mountPath }) => path?.startsWith(`${mountPath}/`)),
        path,
      ).toHaveLength(1);
    }
  });

  test("services, policies and budgets select the pods, and name their ports", () => {
    const ports = container.ports.map(({ name }) => name);
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    const services = manifests.filter(({ kind }) => kind === "Service");
    for (const { spec: service } of services as unknown as {
      spec: { selector: object; ports: { targetPort: string }[] };
    }[]) {
      expect(service.selector).toEqual(selector.matchLabels);
      for (const { targetPort } of service.ports) expect(ports).toContain(targetPort);
    }
    expect(services.flatMap(({ spec: service }) => (service as { ports: unknown[] }).ports)).toHaveLength(ports.length);
    for (const kind of ["NetworkPolicy", "PodDisruptionBudget"]) {
      for (const { spec: each } of manifests.filter((manifest) => manifest.kind === kind)) {
        const { podSelector, selector: selected } = each as { podSelector?: unknown; selector?: unknown };
        expect(podSelector ?? selected).toEqual({ matchLabels: selector.matchLabels });
      }
    }
    const { httpGet } = container.readinessProbe;
    expect(httpGet.port).toBe("console");
    expect(httpGet.scheme).toBe("CURFEW_CERT" in environment ? "HTTPS" : "HTTP");
  });

  test("users who fill the public port cannot have the pod killed: the process is asked as the image asks it", () => {
    const [, check = ""] = /^HEALTHCHECK .*\\\n\s*CMD (.*)$/mu.exec(readContainerFile("Containerfile")) ?? [];
    expect(container.livenessProbe.exec.command).toEqual(JSON.parse(check));
  });

  test("the admin API leaves the pod only with a Service of its own", () => {
    const isOffered = manifests.some(({ kind, metadata }) => kind === "Service" && metadata.name.endsWith("-admin"));
    expect(environment["CURFEW_ADMIN_LISTEN"]).toBe(isOffered ? "0.0.0.0:6081" : "127.0.0.1:6081");
    expect(container.ports).toHaveLength(isOffered ? 2 : 1);
  });

  test("a pod that stops has the time that its sessions have", () => {
    const { sessions } = parse(configIn(manifests)) as { readonly sessions?: { readonly drain_timeout: number } };
    const sleep = container.lifecycle?.preStop.sleep.seconds ?? 0;
    // docs/operating.md, Stopping: the exit is at most 2 s after the drain.
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(sleep + (sessions?.drain_timeout ?? 10) + 2);
  });

  test("the gateway accepts its configuration", async () => {
    await writeFile(join(folder, "store"), "redis://curfew:secret@valkey", { mode: 0o600 });
    const file = join(folder, "curfew.yaml");
    await writeFile(file, configIn(manifests).replaceAll("/run/secrets/curfew/", `${folder}/`));
    const cli = ["--conditions=@curfew/source", join(ROOT, "packages/proxy/src/cli/main.ts")];
    const variables = Object.entries(environment).filter(([, value]) => value?.startsWith("/") === false);
    const env = { PATH: process.env["PATH"], ...Object.fromEntries(variables) };
    const command = [...cli, "config", "check", "--config", file];
    const { stderr } = await promisify(execFile)(process.execPath, command, { env });
    expect(stderr).toBe("");
  });
});

test("one gateway keeps its tokens on a volume, several are spread and have a budget", () => {
  expect(workloadIn(defaults)).toMatchObject({ replicas: 1, volumeClaimTemplates: [{ metadata: { name: "state" } }] });
  expect(workloadIn(defaults).template.spec.topologySpreadConstraints).toBeUndefined();
  expect(workloadIn(ha)).toMatchObject({ replicas: 3 });
  expect(workloadIn(ha).template.spec.topologySpreadConstraints).toHaveLength(2);
  expect(only(ha, "PodDisruptionBudget")["spec"]).toMatchObject({ maxUnavailable: 1 });
  expect(workloadIn(autoscaled).replicas).toBeUndefined();
  expect(only(autoscaled, "HorizontalPodAutoscaler")["spec"]).toMatchObject({
    scaleTargetRef: { kind: "Deployment", name: only(autoscaled, "Deployment").metadata.name },
  });
});

test("behind an Ingress, the address of the Ingress is the gateway's", async () => {
  expect(parse(configIn(everything))).toMatchObject({ console: { base_url: "https://console.example/consoles/" } });
  const named = await render({ "ingress.enabled": true, "config.console.base_url": "https://other.example/" });
  expect(parse(configIn(named))).toMatchObject({ console: { base_url: "https://other.example/" } });
});

test("a changed configuration replaces the pods", async () => {
  const checksum = (manifests: typeof defaults): unknown =>
    workloadIn(manifests).template.metadata.annotations["checksum/config"];
  expect(checksum(await render({ "config.log.level": "debug" }))).not.toBe(checksum(defaults));
});

test.each([
  [
    { replicas: 2 },
    "replicas: 2 needs config.cluster.store, such as redis://valkey:6379: gateways that share no store",
  ],
  [{ "autoscaling.enabled": true }, "autoscaling.enabled needs config.cluster.store"],
  [{ ...SHARED_STORE, replicas: 2, "persistence.enabled": true }, "replicas: 2 needs persistence.enabled: false"],
  [{ "serviceMonitor.enabled": true }, "serviceMonitor.enabled needs admin.service.enabled"],
  [{ "admin.service.enabled": true }, "admin.service.enabled needs admin.existingSecret or config.admin.keys"],
  [{ replica: 2 }, "additional properties 'replica' not allowed"],
  [{ "config.listen": "0.0.0.0:80" }, "at '/config/listen': false schema"],
  [{ "config.sessions.drain_timeout": "1m" }, "at '/config/sessions/drain_timeout': got string, want number"],
  [{ env: [{ name: "CURFEW_SESSIONS_DRAIN_TIMEOUT", value: "600" }] }, "at '/env/0/name': 'not' failed"],
  [{ "image.tag": "latest" }, "at '/image/tag': 'not' failed"],
])("%j is refused", async (values, words) => {
  await expect(render(values)).rejects.toThrow(words);
});

/** The secrets of docs/configuration.md, each as a value of the chart. */
async function secretValues(): Promise<(readonly [option: string, values: object])[]> {
  const [, section = ""] =
    /^## Secrets$(.*?)^## /msu.exec(await readFile(join(ROOT, "docs/configuration.md"), "utf8")) ?? [];
  const secret = "redis://curfew:secret@valkey";
  let list: string | undefined;
  return [...section.matchAll(/^\| `(\S+)_file` +\| (?:in `(\S+)`|the same|`CURFEW_)/gmu)].map(
    ([, option = "", of]) => {
      list = of ?? list;
      return [
        option,
        list === undefined ? { [`config.${option}`]: secret } : { [`config.${list}`]: [{ [option]: secret }] },
      ];
    },
  );
}

// `admin.keys` has only the hashes of keys.
test.each((await secretValues()).filter(([option]) => option !== "sha256"))(
  "the secret %s is refused, because the configuration becomes a ConfigMap",
  async (_option, values) => {
    await expect(render(values)).rejects.toThrow("becomes a ConfigMap");
  },
);

test("the notes warn of an admin API that every pod reaches, unless a policy names who may", async () => {
  const notes = async (...sets: readonly string[]): Promise<string> => {
    const flags = ["admin.existingSecret=a", "admin.service.enabled=true", ...sets].flatMap((set) => ["--set", set]);
    return await helm("install", "curfew", CHART, "--dry-run=client", ...flags);
  };
  const from = "networkPolicy.adminFrom[0].podSelector.matchLabels.app=prometheus";
  expect(await notes("networkPolicy.enabled=true")).toContain("every pod of the cluster reaches the admin API");
  expect(await notes("networkPolicy.enabled=true", from)).not.toContain("WARNING");
});

test("names that look like numbers stay text", async () => {
  const name = "2026";
  const secrets = { "admin.existingSecret": name, "secretFiles.existingSecret": name, "tls.existingSecret": name };
  const others = { "ingress.className": name, "ingress.tlsSecret": name, "persistence.storageClass": name };
  const manifests = await render({ ...EVERYTHING, ...secrets, ...others, priorityClassName: name });
  expect(manifests.flatMap(problemsOf)).toEqual([]);
});

test("several gateways may have the address of their store from a variable", async () => {
  const env = [{ name: "CURFEW_CLUSTER_STORE_FILE", value: "/run/secrets/curfew/store" }];
  const manifests = await render({ replicas: 2, "persistence.enabled": false, env });
  expect(workloadIn(manifests)).toMatchObject({ replicas: 2 });
});

test("a manifest with a mistake is told with its path", () => {
  const service = only(defaults, "Service");
  expect(problemsOf({ ...service, spec: { ports: [{ port: "80", targetport: "console" }] } })).toEqual([
    "Service: data/spec/ports/0/port must be integer",
    "Service: /spec/ports/0/targetport is unknown",
  ]);
});
