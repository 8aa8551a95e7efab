"""Packages of the guest's architecture without a foreign one on this host: apt with folders of its own, then dpkg-deb -x."""
import functools
import os
import re
import subprocess

from places import WORK, Broken, say

SUITES = ("trixie", "trixie-backports", "sid")
MIRROR = "http://deb.debian.org/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Behind a series or a version, a flavour of Debian's: 7.3-rt, 7.3.4-16k.
FLAVOURS = ("rt", "16k")


class Skipped(Exception):
    """Something the archive does not have: said, and passed over."""


class Apt:
    def __init__(self, arch, suites=SUITES, name=None):
        self.arch, self.suites = arch, suites
        root = os.path.join(WORK, f"apt-{name or arch.name}")
        self.lists = os.path.join(root, "lists")
        for folder in ("lists/partial", "cache/archives/partial", "debs"):
            os.makedirs(os.path.join(root, folder), exist_ok=True)
        self.debs = os.path.join(root, "debs")
        status, sources = os.path.join(root, "status"), os.path.join(root, "sources.list")
        open(status, "a").close()
        with open(sources, "w") as file:
            for suite in suites:
                file.write(f"deb [signed-by={KEYRING}] {MIRROR} {suite} main\n")
        self.options = [word for setting in (
            f"Dir::Etc::sourcelist={sources}", "Dir::Etc::sourceparts=/dev/null", f"Dir::State::Lists={root}/lists",
            f"Dir::State::status={status}", f"Dir::Cache={root}/cache", f"APT::Architecture={arch.name}",
            f"APT::Architectures={arch.name}", "APT::Sandbox::User=root",
            # A mirror that stands still is as good; signatures are checked all the same.
            "Acquire::Check-Valid-Until=false",
            # A list that cannot be read is an error; apt-get would go on with the others and say that all is well.
            "APT::Update::Error-Mode=any",
        ) for word in ("-o", setting)]
        if self._missing():
            self.update()
        self.names = set(self._run("apt-cache", "pkgnames", "linux-").split())

    def _run(self, tool, *words, cwd=None):
        done = subprocess.run([tool, *self.options, *words], cwd=cwd, capture_output=True, text=True)
        if done.returncode:
            raise Broken(f"{tool} {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def _missing(self):
        """The suites whose list is not here."""
        there = [name for name in os.listdir(self.lists) if "_Packages" in name]
        return [suite for suite in self.suites if not any(f"_dists_{suite}_" in name for name in there)]

    def update(self):
        say(f"reading the package lists of {', '.join(self.suites)} for {self.arch.name}")
        try:
            self._run("apt-get", "update")
        except Broken as reason:
            if len(self._missing()) == len(self.suites):
                raise
            # The rest will do for most kernels, and it is tried again the next time.
            say(f"the lists of {', '.join(self._missing())} did not come: {reason}")

    def fetch(self, *packages):
        """Downloads what is not here yet; returns the files and what to write down of each."""
        found = []
        for package in packages:
            field = dict(re.findall(r"^(Version|SHA256): (.+)$", self.show(package), re.M))
            deb = self._file(package, field["Version"])
            if not deb:
                say(f"fetching {package} {field['Version']}")
                self._run("apt-get", "download", package, cwd=self.debs)
                deb = self._file(package, field["Version"])
            found.append((deb, {"package": package, "version": field["Version"], "sha256": field["SHA256"]}))
        return found

    def show(self, package):
        return self._run("apt-cache", "show", "--no-all-versions", package)

    def _file(self, package, version):
        """The downloaded package; apt escapes an epoch's colon in its name."""
        start = f"{package}_{version.replace(':', '%3a')}_"
        return next((os.path.join(self.debs, name) for name in os.listdir(self.debs) if name.startswith(start)), None)

    def unpack(self, packages, root):
        """Fetches and unpacks into `root`; returns what to write down."""
        notes = []
        for deb, note in self.fetch(*packages):
            subprocess.run(["dpkg-deb", "-x", deb, root], check=True)
            notes.append(note)
        return notes

    def releases(self, series="newest"):
        """Kernel releases (as `uname -r` says) that can be booted, oldest first; of `series` ("6.17", "7.3.4", "7.3-rt") only."""
        wanted, flavour = series.split("-")[0], flavour_of(series)
        name_of = re.compile(rf"linux-(?:image|binary)-(\d[\w.~]*(?:\+[\w.~]+)?-(?:rt-)?{self.arch.name}(?:-16k)?)")
        found = []
        for name in self.names:
            release = name_of.fullmatch(name)
            if not release or flavour_of(release[1]) != flavour or not self._usable(release[1]):
                continue
            if wanted == "newest" or re.match(re.escape(wanted) + r"[.+-]", release[1]):
                found.append(release[1])
        return sorted(set(found), key=version)

    def _usable(self, release):
        if version(release) < (6, 19):
            return f"linux-image-{release}" in self.names
        return all(f"linux-{part}-{release}" in self.names for part in ("binary", "modules", "base"))

    @staticmethod
    def parts(release):
        """The packages that make up a kernel: one up to 6.18, three since."""
        if version(release) < (6, 19):
            return [f"linux-image-{release}"]
        return [f"linux-{part}-{release}" for part in ("binary", "modules", "base")]

    def choose(self, series):
        """The newest release of a series."""
        releases = self.releases(series)
        if not releases and (missing := self._missing()):
            raise Broken(f"no {self.arch.name} kernel {series} without the package lists of {', '.join(missing)}, which did not come")
        if not releases:
            raise Skipped(f"the archive has no usable {self.arch.name} kernel {series} now")
        return releases[-1]


@functools.cache
def _archive(arch):
    try:
        return Apt(arch)
    except Broken as reason:
        return reason


def archive(arch):
    """One a kind of guest: its lists are read once, and without a network asked for once."""
    found = _archive(arch)
    if isinstance(found, Broken):
        raise found
    return found


def flavour_of(release):
    """rt or 16k; nothing of an ordinary kernel: 7.3.4+deb13-rt-arm64, 7.3.4+deb13-arm64-16k."""
    return "".join(word for word in release.split("-") if word in FLAVOURS)


def short(release):
    """7.3.4 of 7.3.4+deb13-arm64, 7.3.4-rt of 7.3.4+deb13-rt-arm64: what `run` takes."""
    return "-".join(filter(None, (release.split("+")[0].split("-")[0], flavour_of(release))))


def version(release):
    return tuple(int(n) for n in re.findall(r"\d+", release.split("+")[0].split("-")[0]))
