// Hosts over the system's own ssh, for what only it can do: security keys, GSSAPI, every line of ssh_config. It speaks no protocol.
import { attempt } from '../ssh/attempt.ts';
import { CarriedConnection } from './carried-connection.ts';
import { OpensshMaster } from './openssh-master.ts';
import type { ConnectionKind } from './seam.ts';

/** As Ansible's `ssh`: chosen with `ansible_connection: openssh`. All flags of ssh are taken that do not change what it is used for. */
export const opensshKind: ConnectionKind = {
  name: 'openssh',
  open: async (spec, questions, signal) => {
    const options = { where: spec.address ?? spec.name, timeoutMs: spec.connectTimeoutMs ?? 10_000, signal, questions };
    const opening = attempt(options, async ({ signal: stop, questions: untimed }) => await OpensshMaster.start(spec, untimed, stop));
    return await CarriedConnection.over(opening);
  },
};
