// A site with groups of every kind that ClusterShell's configuration has, as files. It does not know who reads them.

/** By path below the directory of the configuration. */
export const SITE: Readonly<Record<string, string>> = {
  'groups.conf': `
# Comments stand anywhere.
[Main]
default: roles
confdir: $CFGDIR/groups.conf.d "$CFGDIR/not there"
autodir: $CFGDIR/groups.d

[local]
map: sed -n 's/^$GROUP:\\(.*\\)/\\1/p' $CFGDIR/local.cfg
all = sed -n 's/^all:\\(.*\\)/\\1/p' $CFGDIR/local.cfg
list: sed -n 's/^\\([0-9A-Za-z_-]*\\):.*/\\1/p'
    $CFGDIR/local.cfg

[bare]
map: echo \${GROUP}1 $SOURCE-2; echo cost-$$HOME | cut -d'$' -f1
`.replace("p'\n    $CFGDIR", "p' \\\n    $CFGDIR"),
  'groups.conf.d/more.conf': `[one,two]
map: case $GROUP in x[1-3]) echo $SOURCE[1-3];; bad) echo no such thing >&2; exit 3;; esac
list: echo 'x[1-3]'; echo bad2
`,
  'groups.conf.d/ignored.conf.example': '[broken',
  'groups.d/cluster.yaml': `
roles:
  adm: 'example0'
  io: '@racks:rack2,example2'
  compute: '@racks:rack[3-4]'
  empty: ''
  all: '@io,@compute'
racks:
  rack1: 'example[0,2]'
  rack2: 'example[4-5]'
  rack3: 'example[32-39]'
  rack4: 'example[40-47]'
  old: '@rack[1,3]'
  rack5:
    - 'example[200-205]' # about these
    - 'example245 example246'
    - 'example300,example[401-406]'
rooms:
  north: 'example[0-5]'
  south1: '@racks:rack3'
  south2: '@racks:rack4'
  south3: 'example41,example200'
cpu:
  ivy: 'example[32-35]'
  hsw: '@roles:compute!@ivy'
`,
  'local.cfg': 'adm: example0\nio: example4 example5\nall: example[0,4-6]\n',
};

/** Node sets with these groups. */
export const SITE_SETS: readonly string[] = [
  '@adm',
  '@io',
  '@compute',
  '@*',
  '@racks:*',
  '@roles:all!@racks:rack4',
  '@racks:rack[1-5]',
  '@racks:old',
  '@cpu:hsw,@cpu:ivy',
  '@racks:rack[1-3]&@io',
  '@@racks',
  '@@roles',
  '@local:io',
  '@local:*',
  '@bare:n',
  '@one:x[2-3],@two:x1',
  '@@one',
  'example3*',
  'example[3,4]?',
  '@compute!example*[1,3]',
];
