{{/* A pod of the gateway, by the restricted Pod Security Standard. */}}
{{- define "curfew.pod" -}}
{{- $name := include "curfew.fullname" . -}}
{{- $drain := dig "sessions" "drain_timeout" 10 .Values.config -}}
serviceAccountName: {{ $name }}
automountServiceAccountToken: false
# Variables such as CURFEW_PORT would be taken for options.
enableServiceLinks: false
# The gateway exits at most 2 s after the drain; the rest is for a busy node.
terminationGracePeriodSeconds: {{ add (ceil $drain) .Values.preStopSleepSeconds 10 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
containers:
  - name: curfew
    {{- include "curfew.container" . | nindent 4 }}
volumes:
  - name: config
    configMap:
      name: {{ $name }}
  - name: tmp
    emptyDir: {}
  {{- if not .Values.persistence.enabled }}
  - name: state
    emptyDir: {}
  {{- end }}
  {{- with .Values.admin.existingSecret }}
  - name: admin-key
    secret:
      secretName: {{ . | quote }}
      defaultMode: 0440
      items:
        - key: admin-key
          path: admin-key
  {{- end }}
  {{- with .Values.secretFiles.existingSecret }}
  - name: secret-files
    secret:
      secretName: {{ . | quote }}
      defaultMode: 0440
  {{- end }}
  {{- with .Values.tls.existingSecret }}
  - name: tls
    secret:
      secretName: {{ . | quote }}
      defaultMode: 0440
  {{- end }}
{{- if include "curfew.several" . }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "curfew.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "curfew.container" -}}
{{- $scheme := ternary "HTTPS" "HTTP" (not (empty .Values.tls.existingSecret)) -}}
image: {{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [serve, --config, /etc/curfew/curfew.yaml]
env:
  - name: CURFEW_LISTEN
    value: 0.0.0.0:6080
  - name: CURFEW_ADMIN_LISTEN
    value: {{ ternary "0.0.0.0:6081" "127.0.0.1:6081" .Values.admin.service.enabled }}
  {{- if .Values.admin.existingSecret }}
  - name: CURFEW_ADMIN_KEY_FILE
    value: /run/secrets/admin/admin-key
  {{- end }}
  {{- if .Values.tls.existingSecret }}
  - name: CURFEW_CERT
    value: /run/secrets/tls/tls.crt
  - name: CURFEW_KEY
    value: /run/secrets/tls/tls.key
  {{- end }}
  {{- with .Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
ports:
  - name: console
    containerPort: 6080
  {{- if .Values.admin.service.enabled }}
  - name: admin
    containerPort: 6081
  {{- end }}
# Only a process that does not respond for a minute is killed: that ends its sessions. The public port would not do: at
# connections.max it closes new connections.
livenessProbe:
  exec:
    command: [node, -e, "fetch('http://127.0.0.1:6081/healthz').then((r) => process.exit(r.ok ? 0 : 1))"]
  periodSeconds: 20
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet:
    path: /readyz
    port: console
    scheme: {{ $scheme }}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- if gt (int .Values.preStopSleepSeconds) 0 }}
lifecycle:
  preStop:
    sleep:
      seconds: {{ .Values.preStopSleepSeconds }}
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - name: config
    mountPath: /etc/curfew
    readOnly: true
  - name: state
    mountPath: /var/lib/curfew
  - name: tmp
    mountPath: /tmp
  {{- if .Values.admin.existingSecret }}
  - name: admin-key
    mountPath: /run/secrets/admin
    readOnly: true
  {{- end }}
  {{- if .Values.secretFiles.existingSecret }}
  - name: secret-files
    mountPath: /run/secrets/curfew
    readOnly: true
  {{- end }}
  {{- if .Values.tls.existingSecret }}
  - name: tls
    mountPath: /run/secrets/tls
    readOnly: true
  {{- end }}
{{- end -}}
