{{- define "journal.primary.fullname" -}}{{ include "common.names.fullname" . }}{{- end -}}
{{- define "journal.secretName" -}}
{{- if .Values.auth.existingSecret }}{{ tpl .Values.auth.existingSecret $ }}{{ else }}{{ include "common.names.fullname" . }}{{ end -}}
{{- end -}}
{{- define "journal.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "common.names.fullname" .) .Values.serviceAccount.name }}{{ else }}default{{ end -}}
{{- end -}}
