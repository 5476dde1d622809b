// Starting a run from the page, where that was allowed. It does not know how a run is started.
import { useState } from 'preact/hooks';
import type { Fault, Started, StartOptions, StartRequest } from '../wire.ts';
import { tell, useAnswer } from './ask.ts';
import { html, type View } from './html.ts';
import { navigate } from './route.ts';
import { FaultCard, whenThere } from './widgets.ts';
import { shown } from './words.ts';

export function StartView(): View {
  const answer = useAnswer<StartOptions>('/api/start');
  return html`<h1>Start a run</h1>
    ${whenThere(answer, (options) =>
      options.isAllowed
        ? html`<${Forms} options=${options} />`
        : html`<section class="card">
      <h2>This page may only look</h2><p>Whoever starts it can allow more:</p><pre>sshoal ui --allow-run playbooks/ -i hosts.ini</pre></section>`,
    )}`;
}

type Sent = { readonly kind: 'idle' } | { readonly kind: 'sent' } | { readonly kind: 'fault'; readonly fault: Fault };

function Forms({ options: { playbooks, directory } }: { readonly options: StartOptions }): View {
  const [sent, setSent] = useState<Sent>({ kind: 'idle' });
  const send = async (request: StartRequest): Promise<void> => {
    setSent({ kind: 'sent' });
    const answer = await tell<Started>('/api/start', request);
    if (answer.kind === 'there') navigate({ kind: 'run', id: answer.value.id, view: 'grid' });
    else if (answer.kind === 'fault') setSent({ kind: 'fault', fault: answer.fault });
  };
  const submit =
    (read: (data: FormData) => StartRequest) =>
    (event: SubmitEvent): void => {
      event.preventDefault();
      void send(read(new FormData(event.target as HTMLFormElement)));
    };
  const isSent = sent.kind === 'sent';
  return html`
    ${sent.kind === 'fault' && html`<${FaultCard} fault=${sent.fault}><p class="quiet">Nothing was done on any host.</p><//>`}
    ${isSent && html`<p class="now" role="status">It is being prepared …</p>`}
    <form class="panel form" onSubmit=${submit(playOf)} aria-label="Play a playbook">
      <h2>Play a playbook</h2>
      <label><span>Playbook, below <span class="mono quiet">${shown(directory)}</span></span>
        <select name="playbook" required>${playbooks.map((name) => html`<option key=${name} value=${name}>${shown(name)}</option>`)}</select></label>
      <label>Only hosts that match <input type="text" name="limit" placeholder="all of the playbook" spellcheck=${false} /></label>
      <label>Only tasks with tags <input type="text" name="tags" placeholder="all" spellcheck=${false} /></label>
      <label class="tick"><input type="checkbox" name="check" /> Change nothing, say what would change</label>
      <div><button class="main" disabled=${isSent || playbooks.length === 0}>Play</button></div>
    </form>
    <form class="panel form" onSubmit=${submit(runOf)} aria-label="Run a command">
      <h2>Run a command</h2>
      <label>Hosts <input type="text" name="pattern" required placeholder="web" spellcheck=${false} /></label>
      <label>Command <input type="text" name="command" required placeholder="uptime" spellcheck=${false} class="mono" /></label>
      <div><button class="main" disabled=${isSent}>Run</button></div>
    </form>`;
}

function playOf(data: FormData): StartRequest {
  return {
    verb: 'play',
    playbook: textOf(data, 'playbook'),
    limit: textOf(data, 'limit'),
    tags: textOf(data, 'tags'),
    check: data.has('check'),
  };
}

function runOf(data: FormData): StartRequest {
  return { verb: 'run', pattern: textOf(data, 'pattern'), command: textOf(data, 'command') };
}

function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
