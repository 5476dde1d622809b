// A run started from the page in a real browser, as the program's own process, and watched there to its end.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { directoryFor } from '../journal/sample-runs.ts';
import { findProgram, needs } from '../support/real.ts';
import { BROWSER_FLAGS } from '../ui/served-page.ts';
import { sshoal } from './program-run.ts';

const PLAYBOOK = `
- hosts: all
  gather_facts: false
  tasks:
    - name: Say hello
      command: echo hello from the page
    - name: Take a while
      command: sleep 1
`;

describe('sshoal ui --allow-run', needs('chromium'), () => {
  it('plays a playbook that somebody chose on the page, shows it while it goes on, and ends with Ctrl-C', async (t) => {
    const directory = await directoryFor(t);
    await mkdir(path.join(directory, 'playbooks'));
    await writeFile(path.join(directory, 'playbooks/hello.yml'), PLAYBOOK);
    await writeFile(path.join(directory, 'hosts.ini'), 'here ansible_connection=local\nthere ansible_connection=local\n');
    let interrupt = (): void => {};
    const { running, url } = await new Promise<{ running: ReturnType<typeof sshoal>; url: string }>((resolve) => {
      const program = sshoal(['ui', '--allow-run', 'playbooks', '-i', 'hosts.ini'], {
        cwd: directory,
        env: { XDG_STATE_HOME: directory },
        onStdout: (text, kill) => {
          interrupt = () => kill('SIGINT');
          resolve({ running: program, url: text.trim() });
        },
      });
    });
    t.after(() => interrupt());
    await using browser = await chromium.launch({ executablePath: findProgram('chromium') ?? '', args: BROWSER_FLAGS });
    const view = await browser.newPage();

    await view.goto(url);
    await view.getByRole('link', { name: 'Start' }).click();
    await view.getByRole('combobox', { name: /^Playbook/ }).selectOption('hello.yml');
    await view.getByRole('button', { name: 'Play' }).click();
    await view.getByText('✓ done').waitFor();
    await view.getByRole('columnheader', { name: 'Say hello' }).click();
    await view.getByRole('complementary', { name: 'Answers' }).getByText('hello from the page').first().waitFor();
    await view.getByRole('link', { name: 'Start' }).click();
    await view.getByRole('textbox', { name: 'Hosts', exact: true }).fill('nobody');
    await view.getByRole('textbox', { name: 'Command' }).fill('id');
    await view.getByRole('button', { name: 'Run' }).click();
    await view
      .getByRole('alert')
      .getByText(/did not begin/)
      .waitFor();

    interrupt();
    const { code, stderr } = await running;
    assert.equal(code, 0, stderr);
  });
});
