import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { Deployment, StatefulSet } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { Ingress, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Service, ServiceAccount } from "kubernetes-models/v1";
import type { Manifest } from "./render.ts";

/** What Kubernetes and the Prometheus operator know. */
const MODELS = [
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
  ServiceMonitor,
  StatefulSet,
];

/**
 * What is wrong with a manifest by its schema, a line each. The schemas ignore fields that they do not know, but the
 * server does not: they are those that the validation does not read.
 */
export function problemsOf(manifest: Manifest): string[] {
  const { apiVersion, kind } = manifest;
  const model = MODELS.find((each) => each.kind === kind && each.apiVersion === apiVersion);
  if (model === undefined) return [`${kind} ${apiVersion}: no schema`];
  const read = new Set<string>();
  const problems: string[] = [];
  try {
    model.prototype.validate.call(watch(manifest, "", read) as never);
  } catch (error) {
    problems.push(...(error as Error).message.split(", data"));
  }
  const unknown = pathsOf(manifest, "").filter((path) => !read.has(path));
  return [...problems, ...unknown.map((path) => `${path} is unknown`)].map((problem) => `${kind}: ${problem}`);
}

/** The same value, which adds the path of every field that is read from it. */
function watch(value: unknown, path: string, read: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const inner = `${path}/${String(key)}`;
      read.add(inner);
      return watch(Reflect.get(target, key), inner, read);
    },
  });
}

/** The paths of all fields, at any depth. */
function pathsOf(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [`${path}/${key}`, ...pathsOf(inner, `${path}/${key}`)]);
}
