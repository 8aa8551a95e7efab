# What scenarios are written with. Runs in the guest under busybox sh.
T=/sys/kernel/tracing
PCI=/sys/bus/pci/devices
# The last function that the walk reaches: once it has a group, the walk is over.
LAST=0000:00:12.0

# The host's folder for this run. Over virtio-mmio: a PCI transport would wait for the SMMU that is being tried.
share() {
  modprobe virtio_mmio; modprobe 9pnet_virtio; modprobe 9p
  mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 share /share
}

# Marks a phase in the kernel log.
mark() { echo "lab: $*" > /dev/kmsg; }

# until_true SECONDS COMMAND…: 1 if it never came true.
until_true() {
  left=$1; shift
  until "$@" 2>/dev/null; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1)); sleep 1
  done
}

# The probes of /probes.txt, one a line, and the IOMMU's own events; refused probes say so in the kernel log. With a recipe
# of `proberace capture` to be tried, that instead.
probes() {
  if [ -e /recipe-start.sh ]; then . /recipe-start.sh > /share/recipe.log 2>&1; return; fi
  if grep -q kprobe_event= /proc/cmdline; then return; fi
  while read -r line; do echo "$line" >> $T/kprobe_events; done < /probes.txt 2>/dev/null
  for enable in $T/events/kprobes/*/enable; do echo 1 > "$enable"; done
  for event in add_device_to_group remove_device_from_group attach_device_to_domain io_page_fault; do echo 1 > $T/events/iommu/$event/enable; done
}

clients() { modprobe -a nvme ahci "$@" 2>/dev/null || for m in nvme ahci "$@"; do modprobe $m; done; }

# Another driver binds over and over; each success starts all deferred probes again, as udev's coldplug does.
retrigger() {
  modprobe rtc-pl031 2>/dev/null
  # x86's own clock cannot be bound by hand; its alarm timer can, and so fast that the pause keeps the trace's buffer whole. arm64
  # with UEFI has neither: there a virtio device over mmio that nothing uses (devices.SPARE).
  for device in /sys/bus/amba/drivers/rtc-pl031/* /sys/bus/platform/drivers/goldfish_rtc/* /sys/bus/platform/drivers/alarmtimer/* \
                /sys/bus/platform/drivers/virtio-mmio/*; do
    [ -e "$device/driver" ] || continue
    case $device in *virtio-mmio*) [ -e "$device"/virtio*/driver ] || break;; *) break;; esac
  done
  case $device in *rtc-pl031*) pause=:;; *) pause="usleep 2000";; esac
  (cd "${device%/*}"
   while :; do echo "${device##*/}" > unbind; echo "${device##*/}" > bind; $pause; done 2>/dev/null) & RETRIGGER=$!
}

# release [MODULE]: loads what the IOMMU waits for; not waiting for it: a module's load waits for every asynchronous probe, and a
# walk that oopses never ends.
release() {
  mark "loading the module that the IOMMU waits for"
  modprobe ${1:-fixed} &
}

walk_is_over() { [ -e $PCI/$LAST/iommu_group ]; }

# By hand, each said in the kernel log: unbind DEVICE, bind DEVICE DRIVER, unplug DEVICE (a PCI function), rescan.
at() { for d in /sys/bus/*/devices/$1; do [ -e "$d" ] && return; done; }
unbind() { mark "unbind $1"; at "$1"; echo "$1" > "$d/driver/unbind"; }
bind() { mark "bind $1"; at "$1"; echo "$1" > "${d%/devices/*}/drivers/$2/bind"; }
unplug() { mark "remove $1"; echo 1 > $PCI/$1/remove; }
rescan() { mark "rescan"; echo 1 > /sys/bus/pci/rescan; }

# Unplugs whatever PCI function has a group.
unplug_grouped() { for d in $PCI/*/iommu_group; do d=${d%/*}; [ -e $d ] && unplug ${d##*/}; done; }

# Takes virtio-iommu away; any device that still has a group would make the kernel oops (iommu_device_unlink()).
unload_virtio_iommu() {
  for d in /sys/bus/virtio/drivers/virtio_iommu/virtio*; do
    mark "unbind the IOMMU"
    echo ${d##*/} > ${d%/*}/unbind
  done
  rmmod virtio_iommu
}

# Ends here if the kernel log holds no warning with this frame, with what the host needs to look for silent findings: without
# any it tries again. KEEP: every boot counts.
or_again() {
  [ -n "$KEEP" ] && return
  dmesg > /tmp/dmesg
  grep -A60 'something fishy' /tmp/dmesg | grep -q "$1" && return
  mark "no such warning in this boot"
  echo "$1" > /share/missed
  NODAT=1
  save
  off
}

# Perfetto's daemons, for scenarios with its package.
perfetto_daemons() {
  export PERFETTO_PRODUCER_SOCK_NAME=/tmp/prod PERFETTO_CONSUMER_SOCK_NAME=/tmp/cons
  traced > /share/traced.log 2>&1 & sleep 1
  traced_probes > /share/traced_probes.log 2>&1 & sleep 1
}

# record NAME CONFIGURATION: makes NAME.pftrace.
record() { echo "$2" > /tmp/config; perfetto --txt -c /tmp/config -o /share/$1.pftrace > /share/$1.log 2>&1; }

# True once every client is bound.
all_bound() {
  for d in $PCI/0000:00:0[2-9].* $PCI/0000:00:1[0-2].*; do [ -e $d/driver ] || return 1; done
}

# True if a bound client has no group; 01.0 is the IOMMU, buses from 80 on are the host's share.
left_out() {
  for d in $PCI/0000:[0-7]*; do
    [ -e $d/driver ] && [ ! -e $d/iommu_group ] && [ ${d##*/} != 0000:00:01.0 ] && return
  done
  return 1
}

# Makes every client do DMA, in the background: a dead one blocks whoever waits for it.
use_clients() {
  mark "client self-test"
  for b in /sys/block/vd* /sys/block/nvme*; do
    ( timeout -s KILL 5 dd if=/dev/${b##*/} of=/dev/null bs=4096 count=4 2>/dev/null
      echo "$(readlink -f $b/device) ${b##*/} rc=$?" >> /share/selftest.txt ) &
  done
  ( for i in /sys/class/net/eth*; do ip link set ${i##*/} up; done ) &
  ( cd /sys/class/misc/hw_random
    for r in $(cat rng_available); do
      echo $r > rng_current; timeout -s KILL 5 dd if=/dev/hwrng of=/dev/null bs=16 count=1 2>/dev/null
      echo "$r rc=$?" >> /share/selftest.txt
    done ) &
}

# Powers every hotplug slot off: a port whose interrupts are dead times out.
slots_off() {
  mark "hotplug command to each root port"
  for s in /sys/bus/pci/slots/*; do ( echo 0 > $s/power ) & done
}

# The end. No sync: a dead disk would keep it for ever. The host need not wait for the power-off either.
off() { echo > /share/off; poweroff -f; }

# The capture. Nothing here may touch a client's DMA: some are dead by now.
save() {
  # Both end at the same moment: a warning after the trace's end is not in it.
  echo 0 > $T/tracing_on
  dmesg -r > /share/dmesg-r.txt
  sed 's/^<[0-9]*>//' /share/dmesg-r.txt > /share/dmesg.txt
  cat $T/trace > /share/trace.txt
  if [ -e /recipe-end.sh ]; then (cd /share; . /recipe-end.sh) >> /share/recipe.log 2>&1; NODAT=1; fi
  if [ -e /recipe-perfetto.sh ]; then perfetto_daemons; (cd /share; . /recipe-perfetto.sh) >> /share/recipe.log 2>&1; fi
  timeout 3 cat /dev/kmsg > /share/kmsg.txt
  for d in /sys/kernel/iommu_groups/*/devices/*; do echo "$d"; done > /share/groups.txt
  for d in $PCI/*; do readlink -f $d; done > /share/topology.txt
  for d in $PCI/*/driver /sys/bus/platform/devices/*/driver; do
    [ -e "$d" ] && echo "$(basename "$(dirname "$d")") $(basename "$(readlink "$d")")"
  done > /share/bound.txt
  cat $T/kprobe_events > /share/kprobe_events.txt
  cat /proc/iomem > /share/iomem.txt; cat /proc/cmdline > /share/cmdline.txt; uname -a > /share/uname.txt
  [ -n "$NODAT" ] || trace-cmd extract -o /share/trace.dat > /share/trace-cmd.log 2>&1
  [ -e /sys/module/labfix ] && grep . /sys/module/labfix/parameters/* > /share/labfix.txt
  echo > /share/saved
  # Last: it may take long on a busy host, and the capture is whole without it.
  [ ! -e /facts.sh ] || [ -e /share/missed ] || { sh /facts.sh > /share/facts.part && mv /share/facts.part /share/facts.txt; }
}
