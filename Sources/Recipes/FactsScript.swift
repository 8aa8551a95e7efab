// What is run on a live board to learn what it knows: POSIX sh with toybox or busybox, root or not. It writes the format that `Facts`
// reads (docs/formats/board-facts.md).
import Records

/// What `capture --facts` prints.
package enum FactsScript {
  /// Functions that recipes, rules and stacks know, as an extended regular expression.
  private static var names: String {
    let known = KernelFunction.all.filter { ($0.role != nil || $0.way != nil) && !$0.isEnding }
    return "(" + known.map(\.name.description).joined(separator: "|") + ")"
  }

  /// Comments, and what to paste or to feed to a shell of the board.
  package static var text: String { usage + script }

  private static let usage = """
    # proberace: what a live board knows, for `proberace report` and `proberace capture --for`. It reads only.
    #   proberace capture --facts | ssh root@BOARD sh > facts.txt
    #   proberace capture --facts | adb shell su 0 sh > facts.txt
    # or paste it into a shell of the board: it writes facts.txt. Without root it collects less, and says what is missing.

    """

  private static var script: String {
    #"""
    proberace_facts() (
    LC_ALL=C; export LC_ALL; unset CDPATH; exec 2>/dev/null
    N='
    '
    n=0
    # One line; the lines above, counted; a text behind a key; the lines of a file that fit; bytes as hexadecimal digits.
    l() { printf '%s\n' "$1"; n=$((n+1)); }
    c() { printf 'read %s %s\n' "$1" "$n"; n=0; }
    p() { n=0; [ -z "$2" ] || { printf '%s\n' "$2" | sed "s/${3:-^}/$1 /"; n=$(printf '%s\n' "$2" | grep -c ''); }; c "$1"; }
    # Long files are first searched for words: a shell's grep is slow at patterns.
    g() {
      if [ -n "$3" ]; then y=$(grep -F -e "$3" "$1"); [ $? -le 1 ] || return 1; printf '%s\n' "$y" | grep -E -e "$2"
      else grep -E -e "$2" "$1"; fi
      [ $? -le 1 ]
    }
    o() { if [ -r "$2" ] && x=$(g "$2" "$3" "$5"); then p "$1" "$x" "$4"; else printf 'skipped %s %s\n' "$1" "$2"; fi; }
    h() { { od -An -v -tx1 "$1" || xxd -p "$1"; } | tr -d ' \n'; }
    F='\#(names)([.][^[:space:]]*)?([[:space:]]|$)'
    W='iommu
    probe
    dma_
    pinctrl'
    S=/sys/firmware/devicetree/base
    echo 'proberace board-facts 1'
    o version /proc/version ''
    o cmdline /proc/cmdline ''
    o bootconfig /proc/bootconfig '^kernel[.]'
    o boot-id /proc/sys/kernel/random/boot_id ''
    o uptime /proc/uptime ''
    o btime /proc/stat '^btime ' '^btime '
    l "user $(id -u)"; l "machine $(uname -m)"; c user
    if [ -r $S/model ]; then l "model $(tr -d '\000' < $S/model)"; c model; else o model /sys/class/dmi/id/product_name ''; fi
    for x in 'zcat /proc/config.gz' 'gzip -dc /proc/config.gz' "cat /boot/config-$(uname -r)"; do
      x=$($x | grep -E '^(# )?CONFIG_([A-Z0-9_]*(IOMMU|SMMU|KPROBE)[A-Z0-9_]*|FTRACE|FUNCTION_TRACER|FUNCTION_GRAPH_TRACER|DYNAMIC_FTRACE|BOOT_CONFIG|BOOTTIME_TRACING|DRIVER_DEFERRED_PROBE_TIMEOUT|MODULES|LTO_[A-Z_]*|PREEMPT_RT)(=| is not set)') && break
    done
    if [ -n "$x" ]; then p config "$x"; else echo 'skipped config /proc/config.gz'; fi
    o symbol /proc/kallsyms " [tTwW] $F" '^[^ ]* ' "$W"
    T=/sys/kernel/tracing; [ -e $T/trace_clock ] || T=/sys/kernel/debug/tracing
    o event $T/available_events '^(iommu:|printk:console$|error_report:)'
    o clock $T/trace_clock ''
    o tracer $T/available_tracers ''
    o kprobe $T/kprobe_events ''
    o traceable $T/available_filter_functions "^$F" '' "$W"
    o blacklist /sys/kernel/debug/kprobes/blacklist "[[:space:]]$F" '^[^[:space:]]*[[:space:]]*'
    o deferred /sys/kernel/debug/devices_deferred ''
    n=0
    for x in IORT VIOT DMAR IVRS RIMT; do [ ! -e /sys/firmware/acpi/tables/$x ] || l "acpi $x"; done
    c acpi
    for d in /sys/class/iommu/*; do
      cd -P "$d" || continue
      e=${PWD#/sys/}; v=; m=
      cd -P ../../driver && { v=${PWD##*/}; cd -P module && [ -e initstate ] && m=${PWD##*/}; }
      l "iommu-device $v/$m/$e"
    done
    c iommu-device
    find $S -name '#iommu-cells' | {
      while IFS= read -r f; do
        f=${f%/*}; s=$(tr -d '\000' < "$f/status")
        l "node $(h "$f/phandle")/$(h "$f/#iommu-cells")/${s:-okay}${f#$S}"
      done
      c node
    }
    for b in pci platform amba fsl-mc cdx; do for d in /sys/bus/$b/devices/*; do
      case $d in *"$N"*) printf 'skipped device a name with a newline\n'; continue;; esac
      cd -P "$d" || continue
      [ -e driver ] || [ -e iommu_group ] || [ -e of_node/iommus ] || [ -e of_node/iommu-map ] || continue
      w=$PWD; e=$b/${d##*/}
      l "device $b/${w#/sys/}"
      cd -P driver && { l "driver $e/${PWD##*/}"; cd -P "$w"; }
      cd -P iommu_group && { t=; read -r t < type; l "group $e/${PWD##*/}/$t"; cd -P "$w"; }
      [ ! -h iommu ] || { cd -P iommu && l "iommu $e/${PWD#/sys/}"; cd -P "$w"; }
      for x in iommus iommu-map iommu-map-mask; do [ ! -e of_node/$x ] || l "$x $e/$(h of_node/$x)"; done
      for x in msi_irqs/*; do [ ! -e "$x" ] || l "irq $e/${x##*/}"; done
    done; done
    c device
    set -f
    while read -r i x; do
      case $i in [0-9]*:) ;; *) continue;; esac
      s=0; set -- $x
      while case ${1:-x} in *[!0-9]*) false;; esac; do s=$((s+$1)); shift; done
      l "interrupt ${i%:} $s $*"
    done < /proc/interrupts
    c interrupt
    echo end
    )
    if [ ! -t 1 ]; then proberace_facts; else
      for f in facts.txt /data/local/tmp/facts.txt /tmp/facts.txt; do
        ( : > "$f" ) 2>/dev/null && { proberace_facts > "$f"; echo "the facts are in $f"; break; }
      done
    fi

    """#
  }
}
