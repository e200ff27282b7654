{{- define "quorum.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- define "quorum.members" -}}
{{- $members := list -}}
{{- range $ordinal := until (int .Values.replicaCount) -}}
{{- $members = append $members (printf "%s-%d=http://%s-%d.%s-headless.%s.svc.cluster.local:2380" $.Release.Name $ordinal $.Release.Name $ordinal $.Release.Name $.Release.Namespace) -}}
{{- end -}}
{{- join "," $members -}}
{{- end -}}
