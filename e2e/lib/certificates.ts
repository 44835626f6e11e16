import { readFile } from "node:fs/promises";
import type { Folder } from "./folder";
import { output } from "./run";

export interface Certificate {
  /** PEM. */
  certificate: string;
  key: string;
  certificateFile: string;
  keyFile: string;
}

interface Wish {
  /** `/O=group/CN=user` */
  subject: string;
  /** Whole days from now; a negative one is a certificate that ran out. */
  days?: number;
}

const CONFIG = (folder: string) => `
[ca]
default_ca = authority
[authority]
dir = ${folder}
database = ${folder}/index.txt
new_certs_dir = ${folder}
rand_serial = yes
default_md = sha256
policy = anything
unique_subject = no
[anything]
organizationName = optional
commonName = supplied
[req]
distinguished_name = empty
[empty]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc
authorityKeyIdentifier = keyid
`;

const time = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, "").slice(2, 14) + "Z";

/** A certificate authority of its own in a folder. */
export class Authority {
  private constructor(
    private readonly folder: Folder,
    private readonly config: string,
    readonly root: Certificate,
  ) {}

  static async make(folder: Folder): Promise<Authority> {
    await folder.write("index.txt", "");
    const config = await folder.write("openssl.cnf", CONFIG(folder.path));
    const key = await newKey(folder, "ca");
    const certificateFile = folder.at("ca.crt");
    await output("openssl", [
      ...["req", "-x509", "-new", "-key", key, "-config", config, "-extensions", "root"],
      ...["-subj", "/CN=e2e", "-days", "30", "-out", certificateFile],
    ]);
    return new Authority(folder, config, await read(certificateFile, key));
  }

  async issue(name: string, { subject, days = 1 }: Wish): Promise<Certificate> {
    const key = await newKey(this.folder, name);
    const [request, certificateFile] = [this.folder.at(`${name}.csr`), this.folder.at(`${name}.crt`)];
    await output("openssl", [
      ...["req", "-new", "-key", key, "-config", this.config, "-subj", subject, "-out", request],
    ]);
    await output("openssl", [
      ...["ca", "-batch", "-notext", "-config", this.config, "-extensions", "leaf", "-in", request],
      ...["-cert", this.root.certificateFile, "-keyfile", this.root.keyFile, "-out", certificateFile],
      ...["-startdate", time(Math.min(days, 0) - 1), "-enddate", time(days)],
    ]);
    return read(certificateFile, key);
  }
}

async function newKey(folder: Folder, name: string): Promise<string> {
  const file = folder.at(`${name}.key`);
  await output("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file]);
  return file;
}

async function read(certificateFile: string, keyFile: string): Promise<Certificate> {
  const [certificate, key] = await Promise.all([
    readFile(certificateFile, "utf8"),
    readFile(keyFile, "utf8"),
  ]);
  return { certificate, key, certificateFile, keyFile };
}
