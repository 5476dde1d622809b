// How programs ask for a password, in the languages they speak. It does not know which program asks.

/** What PAM, su and doas call it; the end of the word is left open where languages decline it. */
const NAMES = [
  'password',
  'passwort',
  'passord',
  'passwd',
  'lösenord',
  'adgangskode',
  'wachtwoord',
  'paswoord',
  'salasana',
  'parool',
  'parole',
  'slaptažodis',
  'mot de passe',
  'contraseña',
  'contrasenya',
  'contrasinal',
  'palavra-passe',
  'senha',
  'pasahitza',
  'parola',
  'şifre',
  'heslo',
  'hasło',
  'geslo',
  'jelszó',
  'lozinka',
  'лозинка',
  'пароль',
  'парола',
  'құпия сөз',
  'κωδικός',
  'συνθηματικό',
  'סיסמה',
  'ססמה',
  'كلمة السر',
  'كلمة المرور',
  'گذرواژه',
  'पासवर्ड',
  'शब्दकूट',
  'কূটশব্দ',
  'গোপন শব্দ',
  'કૂટશબ્દ',
  'ਪਾਸਵਰਡ',
  'పాస్‌వర్డ్',
  'கடவுச்சொல்',
  'അടയാളവാക്ക്',
  'รหัสผ่าน',
  'mật khẩu',
  'kata sandi',
  'kata laluan',
  '密码',
  '密碼',
  '口令',
  'パスワード',
  '암호',
] as const;

// Around the name may stand whose it is: `doas (ada@web01) password: `, `Mot de passe de ada : `.
const QUESTION = new RegExp(`(?:${NAMES.join('|')})[^\\n]{0,80}[:：]\\s*$`, 'iu');

/**
 * Whether a text ends in a question for a password: its name and, in the same line, a colon at the end.
 *
 * Not every colon: a password that is written to somebody who did not ask would be taken for a command.
 */
export function endsInPasswordQuestion(said: string): boolean {
  return QUESTION.test(said.normalize('NFC').slice(-200));
}
