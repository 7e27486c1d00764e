{{- define "curfew.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "curfew.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "curfew.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{ include "curfew.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "curfew.kind" -}}
{{- ternary "StatefulSet" "Deployment" .Values.persistence.enabled -}}
{{- end -}}

{{/* "true" where there can be more than one gateway. */}}
{{- define "curfew.several" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) -}}true{{- end -}}
{{- end -}}

{{/* curfew.yaml: what `config` says, and the address of the Ingress where it names none. */}}
{{- define "curfew.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- if and .Values.ingress.enabled (not (dig "console" "base_url" "" $config)) -}}
{{- $url := printf "https://%s%s/" .Values.ingress.host (trimSuffix "/" .Values.ingress.path) -}}
{{- $config = mergeOverwrite $config (dict "console" (dict "base_url" $url)) -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{/* Refuses secrets in `config`, which becomes a ConfigMap. */}}
{{- define "curfew.refuseSecrets" -}}
{{- $config := .Values.config -}}
{{- $secrets := dict
  "key_password" (dig "key_password" "" $config)
  "access.basic_auth" (dig "access" "basic_auth" "" $config)
  "vnc.vencrypt_password" (dig "vnc" "vencrypt_password" "" $config)
  "admin.key" (dig "admin" "key" "" $config) -}}
{{- range $index, $source := dig "tokens" "sources" (list) $config -}}
{{- $_ := set $secrets (printf "tokens.sources[%d].bearer_token" $index) (get $source "bearer_token") -}}
{{- end -}}
{{- range $index, $peer := dig "cluster" "peers" (list) $config -}}
{{- $_ := set $secrets (printf "cluster.peers[%d].key" $index) (get $peer "key") -}}
{{- end -}}
{{- range $name, $value := $secrets -}}
{{- if $value -}}
{{- fail (printf "\n\nconfig.%s is a secret, and config becomes a ConfigMap: put it into the secret of secretFiles.existingSecret, and set config.%s_file to /run/secrets/curfew/ and its key there.\n" $name $name) -}}
{{- end -}}
{{- end -}}
{{- if regexMatch "://[^/\\s@]*:[^/\\s@]+@|sentinel_password=" (toYaml $config) -}}
{{- fail "\n\nconfig has a URL with a password, and becomes a ConfigMap: put the URL into the secret of secretFiles.existingSecret, and set the option that ends in _file, such as config.cluster.store_file: /run/secrets/curfew/store.\n" -}}
{{- end -}}
{{- end -}}

{{/* Refuses values that each are right but do not go together. values.schema.json refuses all others. */}}
{{- define "curfew.validate" -}}
{{- include "curfew.refuseSecrets" . -}}
{{- $config := .Values.config -}}
{{- $store := or (dig "cluster" "store" "" $config) (dig "cluster" "store_file" "" $config) -}}
{{- range .Values.env -}}
{{- if has .name (list "CURFEW_CLUSTER_STORE" "CURFEW_CLUSTER_STORE_FILE") -}}{{- $store = .name -}}{{- end -}}
{{- end -}}
{{- if include "curfew.several" . -}}
{{- $which := ternary "autoscaling.enabled" (printf "replicas: %d" (int .Values.replicas)) .Values.autoscaling.enabled -}}
{{- if not $store -}}
{{- fail (printf "\n\n%s needs config.cluster.store, such as redis://valkey:6379: gateways that share no store do not see each other's tokens, sessions and revocations.\n" $which) -}}
{{- end -}}
{{- if .Values.persistence.enabled -}}
{{- fail (printf "\n\n%s needs persistence.enabled: false: config.cluster.store keeps the tokens.\n" $which) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.admin.service.enabled) -}}
{{- fail "\n\nserviceMonitor.enabled needs admin.service.enabled: /metrics is at the admin API's port.\n" -}}
{{- end -}}
{{- if and .Values.admin.service.enabled (not .Values.admin.existingSecret) (not (dig "admin" "keys" "" $config)) -}}
{{- fail "\n\nadmin.service.enabled needs admin.existingSecret or config.admin.keys: without them, each gateway makes a key of its own whenever it starts.\n" -}}
{{- end -}}
{{- end -}}
