// Questions for a password, as programs really ask them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endsInPasswordQuestion } from '#src/connection/password-question';

const QUESTIONS = [
  'Password: ',
  'Password:',
  'ada@web01’s password: ',
  '\rdoas (ada@web01) password: ',
  'We trust you have received the usual lecture.\n\nPassword for ada: ',
  'LDAP Password: ',
  'Passwort: ',
  '[sudo] Passwort für ada: ',
  'Mot de passe\u00a0: ',
  'Contraseña: ',
  'Contrasen\u0303a: ',
  'Hasło użytkownika: ',
  'Пароль: ',
  'Пароль пользователя ada:',
  '密码：',
  'パスワード: ',
  'Jelszó: ',
  'Wachtwoord: ',
];
const OTHERS = [
  '',
  'Last login: ',
  'Password: \nsu: Authentication failure\n',
  'Your password will expire in 3 days.\n',
  'password: changed on Monday\nNote: ',
  'Verification code: ',
  'error: no such file:\n',
];

describe('a question for a password', () => {
  it('is recognised in the languages of PAM, su and doas', () => {
    assert.deepEqual(
      QUESTIONS.filter((said) => !endsInPasswordQuestion(said)),
      [],
    );
  });

  it('is nothing else that ends in a colon, so that no password is given to whoever did not ask', () => {
    assert.deepEqual(
      OTHERS.filter((said) => endsInPasswordQuestion(said)),
      [],
    );
  });
});
