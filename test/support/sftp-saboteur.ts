// Stands between an SFTP client and its server, and says no to a single request in the server's stead. It knows nothing of files.
import { Duplex, PassThrough } from 'node:stream';
import { FieldReader, frame, PACKET, PacketSplitter, STATUS, string, uint32 } from '#src/ssh/sftp/wire';

/**
 * @param server - What a server would be spoken to over.
 * @param hits - Whether this request is the one that fails. The server never sees it.
 * @returns The client's side.
 */
export function sabotaged(server: Duplex, hits: (type: number, fields: FieldReader) => boolean): Duplex {
  const requests = new PassThrough();
  const answers = new PassThrough();
  const splitter = new PacketSplitter();
  requests.on('data', (chunk: Buffer) => {
    for (const packet of splitter.push(chunk)) {
      const fields = new FieldReader(packet);
      const type = fields.uint8();
      const id = fields.uint32();
      if (type !== PACKET.INIT && hits(type, fields)) {
        answers.write(frame(PACKET.STATUS, uint32(id), uint32(STATUS.FAILURE), string('sabotage'), string('')));
      } else server.write(whole(packet));
    }
  });
  requests.on('end', () => server.end());
  // Packet by packet: an answer of ours between two halves of another would be more than a no.
  const inbound = new PacketSplitter();
  server.on('data', (chunk: Buffer) => {
    for (const packet of inbound.push(chunk)) answers.write(whole(packet));
  });
  server.on('end', () => answers.end());
  return Duplex.from({ readable: answers, writable: requests });
}

function whole(packet: Buffer): Buffer {
  return Buffer.concat([uint32(packet.length), packet]);
}
