title="TLS between silos and from consoles; a pod killed, which starts again with a new certificate"
target=smallbatch-cpu-1
secrets="$run/secrets"

# authority NAME; issue AUTHORITY FOLDER NAME: a folder with a certificate of it, its key and the authority of the cluster, as the Secret smallbatch-tls has them.
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=$1" -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$secrets/$1.key" -out "$secrets/$1.crt" 2>/dev/null
}
issue() {
  mkdir -p "$secrets/$2"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$3" -keyout "$secrets/$2/tls.key.new" -out "$secrets/$2.csr" 2>/dev/null &&
    openssl x509 -req -days 1 -in "$secrets/$2.csr" -CA "$secrets/$1.crt" -CAkey "$secrets/$1.key" -CAcreateserial \
      -extfile <(echo "subjectAltName=DNS:$3"; echo "extendedKeyUsage=serverAuth,clientAuth") -out "$secrets/$2/tls.crt.new" 2>/dev/null &&
    cp "$secrets/cluster.crt" "$secrets/$2/ca.crt" && chown 65532 "$secrets/$2"/* && chmod 400 "$secrets/$2"/*.new &&
    mv "$secrets/$2/tls.key.new" "$secrets/$2/tls.key" && mv "$secrets/$2/tls.crt.new" "$secrets/$2/tls.crt"
}

# All silos stop first: those with TLS and those without do not speak to each other.
prepare() {
  local pods pod
  pods="$(silo_pods)"
  for pod in $pods; do pod_stop "$pod"; done
  mkdir -p "$secrets"
  authority cluster && authority stranger
  issue cluster smallbatch-tls smallbatch-silo && issue cluster person person && issue stranger foreign person
  rendered="${rendered%.yaml}-tls.yaml"
  certificate=person
  for pod in $pods; do pod_start "${pod%-*}" "$pod"; done
  silos_ready
}

# refused FOLDER WANTED: a console with that certificate, or with none, is told why.
refused() {
  local said
  ! said="$(certificate="$1" && console sweep list 2>&1)" && [[ "$said" == *"$2"* ]] || { echo "a console with the certificate '$1': found '$said', wanted '$2'" >&2; return 1; }
}

strike() {
  refused "" "it takes only consoles with a certificate" && refused foreign "an authority of the silos' ca.crt has issued" &&
    issue cluster smallbatch-tls smallbatch-silo && kill -KILL "$(podman inspect --format '{{.State.Pid}}' "$(silo "$target")")"
}

check() {
  pod_ready "$target" && some "attempts lost" "$(attempts lost)" && echo "consoles without and with a stranger's certificate refused, $(attempts lost) attempts lost"
}
