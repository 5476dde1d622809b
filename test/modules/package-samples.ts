// What tests install: a package of Python in two versions, and a key nobody has the other half of.

/** For pip to take them from there, whatever this machine is set to. */
export const PIP_ENV = { PIP_FIND_LINKS: '/wheels', PIP_NO_INDEX: '1', PIP_BREAK_SYSTEM_PACKAGES: '1', PIP_ROOT_USER_ACTION: 'ignore' };

/** Python that writes the two wheels into /wheels. */
export const WHEEL = `import zipfile
for version in ('1.0', '2.0'):
    z = zipfile.ZipFile('/wheels/herring-%s-py3-none-any.whl' % version, 'w')
    info = 'herring-%s.dist-info/' % version
    z.writestr('herring.py', '')
    z.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: herring\\nVersion: %s\\n' % version)
    z.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    z.writestr(info + 'RECORD', '')
    z.close()
`;

export const KEY = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawFvNhYJKwYBBAHaRw8BAQdAde/v7ILfBvkSLbuQF/Bd20Bz5bxl+3lLEaQh
UuYZCkO0InNzaG9hbCB0ZXN0IDx0ZXN0QGV4YW1wbGUuaW52YWxpZD6IkAQTFggA
OBYhBBuj6pi6evNnUK6ZxQMInsDt/pvUBQJrAW82AhsDBQsJCAcCBhUKCQgLAgQW
AgMBAh4BAheAAAoJEAMInsDt/pvUyH0A/1NBYi8V+KByDTDRlmy3zRs1VZzU+qQB
xa9YU6NBKGteAQC+2VT2ZjxYqSBoBCXpkidS3j+AvpQYkqnCsjgk1CChCw==
=N90H
-----END PGP PUBLIC KEY BLOCK-----
`;
