# proberace: `make demo` and `make test` are all a newcomer needs; the rest is for those who work on it.

SWIFT ?= swift
# Not on PATH: look where toolchains are usually put.
ifeq ($(shell command -v $(SWIFT) 2>/dev/null),)
  FOUND := $(firstword $(wildcard /opt/swift*/usr/bin/swift /usr/libexec/swift*/bin/swift \
             $(HOME)/.local/share/swiftly/bin/swift $(HOME)/.swiftly/bin/swift))
  ifneq ($(FOUND),)
    SWIFT := $(FOUND)
  endif
endif

BUILD_PACKAGES := libtraceevent-dev libzstd-dev zlib1g-dev libarchive-dev nettle-dev libsqlite3-dev pkg-config
RUN_PACKAGES   := libtraceevent1 libarchive13 libnettle8 libzstd1 zlib1g libsqlite3-0
TEST_PACKAGES  := git zstd python3 chromium fonts-dejavu-core protobuf-compiler
LAB_PACKAGES   := debian-archive-keyring qemu-system-arm qemu-system-x86 ipxe-qemu device-tree-compiler cpio zstd xz-utils \
  kmod python3 make gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static trace-cmd flex bison bc
LAB_KERNEL     ?= 6.17
DEMO := sample-traces/natural-6.17.13-4
PROBERACE = .build/release/proberace

.PHONY: demo test test-arm64 build proberace install deb deb-test wheel wheel-test release docs pictures perfetto page-hashes accuracy fixes format lint bench bench-perfetto perfetto-oracle scale farm farm-test history fuzz lives metamorphic lab lab-smoke clean \
  packages-build packages-test swift

demo: packages-build proberace
	@echo '--- proberace report $(DEMO)/dmesg.txt $(DEMO)/trace.txt'
	@$(PROBERACE) report --fail-on none $(DEMO)/dmesg.txt $(DEMO)/trace.txt

# One optimised build for all tests, with assertions, in a build folder of its own (@testable changes the flags).
CHECKED = -c release -Xswiftc -enable-testing -Xswiftc -assert-config -Xswiftc Debug --scratch-path .build-opt
test: packages-build packages-test swift
	@mkdir -p .build
	{ $(SWIFT) test $(CHECKED); echo $$? > .build/test.status; } | tee .build/test.log
	@exit "$$(cat .build/test.status)"
	python3 scripts/model-matrix.py --check docs/accuracy.md < .build/test.log
	python3 Benchmarks/scale.py .build-opt/release/proberace 20000 0.1

# The search's arm64 code, in an emulator: needs no Swift.
test-arm64:
	@sh scripts/need-packages.sh gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static
	mkdir -p .build
	aarch64-linux-gnu-gcc -static -O2 -Wall -Wextra -Werror -I Sources/CBytes/include Sources/CBytes/CBytes.c \
	  Tests/CBytes/search.c -o .build/search-arm64
	qemu-aarch64-static .build/search-arm64

build: swift
	$(SWIFT) build

# With Swift's libraries inside, where the toolchain has them to put there: that starts faster and runs without Swift.
LIBRARIES = $(shell $(SWIFT) -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
# The toolchain exports every symbol of an executable: so the linker may leave out none. Packed relocations need glibc 2.36.
LINK = --no-export-dynamic --icf=safe -z pack-relative-relocs
STATIC = $(if $(wildcard $(LIBRARIES)_static/linux/libswiftCore.a),--static-swift-stdlib -Xswiftc -use-ld=lld $(LINK:%=-Xlinker %))
proberace: swift
	$(SWIFT) build -c release --product proberace $(STATIC)

# For machines without Swift (CI runners): the executable, manual pages, completions. What is left to install there is said at the end.
PREFIX ?= /usr/local
ZSH_COMPLETIONS ?= share/zsh/site-functions
install: packages-build proberace
	@test -n '$(STATIC)' || { echo 'No static libraries in $(LIBRARIES)_static: take a toolchain from swift.org'; exit 1; }
	sh scripts/install.sh $(PROBERACE) '$(DESTDIR)$(PREFIX)' $(ZSH_COMPLETIONS)
	@echo '$(DESTDIR)$(PREFIX)/bin/proberace needs the packages $(RUN_PACKAGES)'

# Debian's package, in .build/packages; and what it does on bare Debian 12 and 13, which needs root and a mirror.
PACKAGES := .build/packages
deb: packages-build
	@sh scripts/need-packages.sh debhelper lintian python3
	mkdir -p $(PACKAGES)
	debian/rules clean
	debian/rules binary DESTINATION=$(PACKAGES)
	lintian --fail-on error,warning $(PACKAGES)/proberace_*.deb

deb-test: deb
	@sh scripts/need-packages.sh debootstrap
	sh scripts/deb-test.sh $(PACKAGES)/proberace_*.deb bookworm trixie

# Python's: the executable with the libraries that it needs, and a module. Each is tested on bare Debians, which have two Pythons.
WHEEL_PACKAGES := python3-venv libacl1-dev libbz2-dev liblz4-dev liblzma-dev nettle-dev
wheel: packages-build proberace
	@sh scripts/need-packages.sh $(WHEEL_PACKAGES)
	sh scripts/wheel.sh '$(SWIFT) build -c release --product proberace $(STATIC)' $(PROBERACE) $(PACKAGES)

wheel-test: wheel
	@sh scripts/need-packages.sh debootstrap
	sh scripts/wheel-test.sh $(PACKAGES)/proberace-*.whl bookworm trixie

# See RELEASING.md.
release: proberace
	@test -n '$(VERSION)' || { echo 'make release VERSION=0.1.0 makes a release (make proberace builds the executable)'; exit 1; }
	@sh scripts/need-packages.sh debhelper lintian python3 $(WHEEL_PACKAGES)
	python3 scripts/release.py $(VERSION) .build/release-$(VERSION)

# docs/rules.md, docs/reports.md, docs/inputs.md and docs/accuracy.md are made, not written.
docs: proberace
	$(PROBERACE) rules --format markdown -o docs/rules.md
	$(PROBERACE) rules --format reports -o docs/reports.md
	$(PROBERACE) formats --format markdown -o docs/inputs.md
	python3 scripts/accuracy.py $(PROBERACE) > .build/accuracy.md
	$(SWIFT) test $(CHECKED) --filter ModelTests > .build/model.log
	python3 scripts/model-matrix.py < .build/model.log >> .build/accuracy.md
	mv .build/accuracy.md docs/

# The table of docs/fixes/README.md: every interleaving of the model, with each candidate fix.
fixes:
	python3 sample-traces/lab/seen.py docs/fixes/README.md
	PROBERACE_MODEL_DEPTH=full PROBERACE_WRITE=1 $(SWIFT) test $(CHECKED) --filter FixTests.theTableIsFresh

# The lab's whole captures too, where they are.
accuracy: proberace
	python3 scripts/accuracy.py $(PROBERACE) $(wildcard sample-traces/*/ ../shared/captures/*/)
	PROBERACE_MODEL_DEPTH=full $(SWIFT) test $(CHECKED) --filter ModelTests

# The pictures in docs/ and in the README, from sample-traces.
pictures: proberace
	@sh scripts/need-packages.sh chromium fonts-dejavu-core
	PYTHONDONTWRITEBYTECODE=1 python3 scripts/pictures.py $(PROBERACE)

# perfetto.pb.swift, after a change of perfetto.proto; the plugin comes from the swift-protobuf that is checked out.
perfetto: swift
	@sh scripts/need-packages.sh protobuf-compiler
	$(SWIFT) build --package-path .build/checkouts/swift-protobuf --scratch-path .build-protoc --product protoc-gen-swift
	protoc --plugin=protoc-gen-swift=.build-protoc/debug/protoc-gen-swift --swift_opt=Visibility=Public \
	  --swift_out=Sources/Perfetto -I Sources/Perfetto perfetto.proto

# After a change of a page's style or script: what its Content-Security-Policy must say.
page-hashes: proberace
	@$(PROBERACE) report --fail-on none --format html -o .build/page.html $(DEMO)/dmesg.txt
	@$(PROBERACE) scan --fail-on none --format html -o .build/farm.html $(DEMO)/dmesg.txt
	python3 scripts/page_hashes.py .build/page.html .build/farm.html

lint: swift
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Fuzz
	python3 scripts/documented.py
	$(SWIFT) package dump-package | python3 scripts/layout.py
	python3 sample-traces/lab/seen.py docs/fixes/README.md --check

format: swift
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Fuzz

# CPU time as ratios to ripgrep and trace-cmd, and of HTML reports; big inputs are made under .build/bench.
bench: proberace
	@sh scripts/need-packages.sh ripgrep trace-cmd zstd linux-perf
	python3 Benchmarks/text.py $(PROBERACE)
	python3 Benchmarks/dat.py $(PROBERACE)
	sh Benchmarks/classifier.sh $(PROBERACE)
	python3 Benchmarks/scan.py $(PROBERACE)
	python3 Benchmarks/html.py $(PROBERACE)

# The same for Perfetto's recordings, beside its viewer's trace processor.
bench-perfetto: perfetto-oracle
	python3 Benchmarks/perfetto.py $(PROBERACE) .build-perfetto/release/perfetto-time

# What is read of Perfetto's recordings, event by event beside two readers from PyPI: RECORDINGS says of which.
RECORDINGS ?= $(sort $(wildcard sample-traces/perfetto/*.pftrace ../shared/captures-android/recordings/*/*.pftrace))
perfetto-oracle: packages-build proberace
	@sh scripts/need-packages.sh nodejs python3
	PROBERACE_TOOLS=perfetto-time $(SWIFT) build -c release --scratch-path .build-perfetto --product perfetto-time
	python3 scripts/perfetto_oracle.py .build-perfetto/release/perfetto-time $(RECORDINGS)

# 100 000 logs, and one of 10 GB through a pipe: memory and open files must stay flat. Takes minutes; `make test` has a
# small form.
scale: proberace
	python3 Benchmarks/scale.py $(PROBERACE)

# Twenty farms with a rise in each, and what `history regressions` says of them.
farm: proberace
	python3 Benchmarks/farm.py --check $(PROBERACE)

# farm/: Spark with a child and a worker killed, DuckDB, GNU parallel, beside a direct scan.
farm-test: packages-build proberace
	@sh scripts/need-packages.sh parallel default-jre-headless python3-venv
	python3 -m venv .build/farm-venv
	.build/farm-venv/bin/pip install -q pyspark duckdb
	.build/farm-venv/bin/python farm/test.py $(PROBERACE)

# Five million boots in a history: questions, merge, prune; then 200 times kill -9.
history: proberace
	python3 Benchmarks/history.py $(PROBERACE)

# Ten million inputs each: FUZZ and RUNS say what and how many. `make test` has a short form.
FUZZ ?= door log trace container pages perfetto facts
RUNS ?= 10000000
fuzz: packages-build
	@sh scripts/need-packages.sh lld python3 zstd lz4
	SCRATCH=../.build-fuzz sh Fuzz/run.sh $(RUNS) $(FUZZ)

# Made-up boots of devices that live more than once, and samples with something taken away or put beside: LIVES and CHANGES
# say how many. `make test` has a few of each.
LIVES ?= 20000
lives: packages-build
	PROBERACE_LIVES=$(LIVES) $(SWIFT) test $(CHECKED) --filter LivesTests

CHANGES ?= 20000
metamorphic: packages-build
	PROBERACE_METAMORPHIC=$(CHANGES) $(SWIFT) test $(CHECKED) \
	  --filter MetamorphicTests

# Real kernels under QEMU (sample-traces/lab): one boot, or every scenario on its kernels. What is there already is kept.
lab-smoke:
	@sh scripts/need-packages.sh $(LAB_PACKAGES)
	sample-traces/lab/run --again clean $(LAB_KERNEL)

lab:
	@sh scripts/need-packages.sh $(LAB_PACKAGES)
	sample-traces/lab/run all

clean:
	rm -rf .build .build-opt .build-fuzz .build-perfetto

swift:
	@command -v $(SWIFT) >/dev/null 2>&1 || { \
	  echo 'No Swift toolchain found. Install Swift 6.2 or newer (https://www.swift.org/install/linux/)'; \
	  echo 'and say where it is:  make SWIFT=/path/to/usr/bin/swift $(MAKECMDGOALS)'; exit 1; }

packages-build:
	@sh scripts/need-packages.sh $(BUILD_PACKAGES)

packages-test:
	@sh scripts/need-packages.sh $(TEST_PACKAGES)
