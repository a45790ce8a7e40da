{{- define "verbatim.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "verbatim.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "verbatim.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "verbatim.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "verbatim.selectorLabels" -}}
app.kubernetes.io/name: {{ include "verbatim.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "verbatim.labels" -}}
{{ include "verbatim.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "verbatim.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "verbatim.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "verbatim.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- /* Not empty where the jobs live in PostgreSQL. */ -}}
{{- define "verbatim.onPostgres" -}}
{{- if or .Values.postgres.existing .Values.postgres.url -}}yes{{- end -}}
{{- end -}}

{{- /* Not empty where the chart has something to keep in a Secret of its own. */ -}}
{{- define "verbatim.hasOwnSecret" -}}
{{- if or (not .Values.secrets.existing) (and .Values.postgres.url (not .Values.postgres.existing)) -}}yes{{- end -}}
{{- end -}}

{{- define "verbatim.claim" -}}
{{- .Values.sqlite.existingClaim | default (printf "%s-data" (include "verbatim.fullname" .)) -}}
{{- end -}}

{{- /* Refuses values that cannot work together. */ -}}
{{- define "verbatim.refuse" -}}
{{- if and (gt (int .Values.replicas) 1) (not (include "verbatim.onPostgres" .)) -}}
{{- fail "replicas: more than one needs PostgreSQL, named by postgres.existing or postgres.url; SQLite has one process" -}}
{{- end -}}
{{- if and .Values.postgres.url (not (hasPrefix "postgresql://" .Values.postgres.url)) -}}
{{- fail "postgres.url: must look like postgresql://user:password@host/database" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.webhook.url) -}}
{{- fail "ingress.enabled: there is nothing to reach without webhook.url; without it the bot asks Telegram for updates" -}}
{{- end -}}
{{- end -}}
