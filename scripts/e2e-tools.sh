#!/usr/bin/env bash
# Prepares the real parts that e2e runs against: kubectl and the control plane from Go modules, etcd, openssl and Chromium from packages.
# `e2e-tools.sh` everything; `e2e-tools.sh kubectl | control-plane | chromium | aws` one part; `e2e-tools.sh where` prints the folder
# of what was built, `where-aws` the one of boto3, the AWS CLI and moto. Nothing is done twice: the builds are kept by version.
set -euo pipefail
. "$(dirname "$0")/env.sh"

version=$(awk '$1 == "require" && $2 == "k8s.io/kubernetes" { print $3 } $1 == "k8s.io/kubernetes" && $2 ~ /^v/ { print $2 }' "$root/e2e/tools/kube/go.mod" | head -n 1)
[ -n "$version" ] || die "e2e/tools/kube/go.mod does not say which version of k8s.io/kubernetes to build"
home="$PERISCOPE_TOOLS/kube-$version"

# Without these flags the server calls itself v0.0.0, and clients judge what it can do by that.
ldflags() {
  local package=k8s.io/component-base/version major minor
  IFS=. read -r major minor _ <<<"${version#v}"
  printf '%s' "-s -w -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor"
}

# kube PROGRAM: one package at a time and under nice, as a cold build takes minutes on two cores.
kube() {
  [ -x "$home/$1" ] && return
  command -v go >/dev/null || die "go is missing: install Go 1.26 or later to build $1"
  printf 'building %s %s (minutes the first time)\n' "$1" "$version"
  mkdir -p "$home"
  (cd "$root/e2e/tools/kube" && CGO_ENABLED=0 nice go build -p 1 -trimpath -ldflags "$(ldflags)" -o "$home/$1.part" "k8s.io/kubernetes/cmd/$1")
  mv "$home/$1.part" "$home/$1"
}

# Without Go, the machine's own kubectl will do if it is not older than 1.28: those check objects against another description.
kubectl_part() {
  command -v go >/dev/null && { kube kubectl; return; }
  local minor
  minor=$(kubectl version --client -o json 2>/dev/null | sed -n 's/.*"minor": "\([0-9]*\).*/\1/p' | head -n 1)
  [ "${minor:-0}" -ge 28 ] || die "kubectl is missing or older than 1.28: install it, or Go 1.26 to build it"
}

control_plane() {
  apt_install etcd etcd-server
  apt_install openssl openssl
  for program in kube-apiserver kube-controller-manager kube-scheduler; do kube "$program"; done
}

aws_requirements="$root/e2e/tools/aws/requirements.txt"
aws_home="$PERISCOPE_TOOLS/aws-$(sha256sum "$aws_requirements" | cut -c -12)"

# Python packages in a folder of their own, which PYTHONPATH names.
aws_part() {
  [ -d "$aws_home" ] && return
  command -v python3 >/dev/null || die "python3 is missing: install Python 3.9 or later, with pip"
  rm -rf "$aws_home.part"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$aws_home.part" -r "$aws_requirements"
  mv "$aws_home.part" "$aws_home"
}

chromium_part() { apt_install chromium chromium; }

case "${1:-all}" in
  all) kubectl_part; control_plane; chromium_part; aws_part ;;
  kubectl) kubectl_part ;;
  control-plane) control_plane ;;
  chromium) chromium_part ;;
  aws) aws_part ;;
  where-aws) printf '%s\n' "$aws_home" ;;
  where) printf '%s\n' "$home" ;;
  *) die "usage: e2e-tools.sh [all | kubectl | control-plane | chromium | aws | where | where-aws]" ;;
esac
