"""One boot in every encoding of Perfetto's: what sample-traces/perfetto has. The first recording takes over the buffer of the races."""
import dataclasses

from recipe import PERFETTO
from scenarios.natural import SCENARIO as NATURAL

# Each is a second or two of an unrelated driver's binds.
RECORDINGS = """
CPUS='buffers { size_kb: 16384 fill_policy: DISCARD }'
NAMES='data_sources { config { name: "linux.process_stats" process_stats_config { scan_all_processes_on_start: true } } }'
EVENTS='ftrace_events: "kprobes/*" ftrace_events: "iommu/*" ftrace_events: "printk/console" ftrace_events: "sched/sched_switch" ftrace_events: "sched/sched_waking" ftrace_events: "task/*"'
ftrace() { echo "data_sources { config { name: \\"linux.ftrace\\" ftrace_config { $* } } }"; }
perfetto_daemons
record preserve "$CPUS $NAMES $(ftrace $EVENTS preserve_ftrace_buffer: true symbolize_ksyms: true) duration_ms: 1000"
# The loop may have been stopped between unbind and bind.
echo 9010000.pl031 > /sys/bus/amba/drivers/rtc-pl031/bind 2>/dev/null
retrigger
# One message for all fields; one for each; packets packed by zlib.
record oldgeneric "$CPUS $NAMES $(ftrace $EVENTS denser_generic_event_encoding: false) duration_ms: 1000"
record dense-deflate "$CPUS $NAMES $(ftrace $EVENTS) duration_ms: 1000 compression_type: COMPRESSION_TYPE_DEFLATE"
# function_graph with and without symbols, and Perfetto's own kprobes: to switch it on takes its time under an emulator.
GRAPH='enable_function_graph: true function_filters: "really_probe" function_filters: "amba_dma_configure" function_filters: "of_dma_configure_id"'
record fgraph "$CPUS $NAMES $(ftrace $GRAPH symbolize_ksyms: true kprobe_events { probe: \\"really_probe\\" type: KPROBE_TYPE_BOTH } ftrace_events: \\"printk/console\\") duration_ms: 5000"
record fgraph-nosyms "$CPUS $NAMES $(ftrace $GRAPH) duration_ms: 3000"
# What lacks something: events overwritten, and events that there are none of.
record ring-lost "buffers { size_kb: 32 fill_policy: RING_BUFFER } $(ftrace $EVENTS buffer_size_kb: 4 drain_period_ms: 900) duration_ms: 2000"
record missing-event "$CPUS $(ftrace ftrace_events: \\"kprobes/e0\\" ftrace_events: \\"nosuch/event\\") duration_ms: 500"
kill $RETRIGGER
"""

def guest():
    """As natural, but kept whether it raced or not; and trace-cmd would empty the buffer."""
    lines = [line for line in NATURAL.guest.splitlines() if not line.startswith("or_again")]
    return "\n".join("NODAT=1\nsave" if line == "save" else line for line in lines) + RECORDINGS


SCENARIO = dataclasses.replace(
    NATURAL,
    story="The natural deferral, recorded by Perfetto: its buffer taken over, then an unrelated driver's binds in every encoding.",
    packages=PERFETTO,
    guest=guest(),
    wants=(),
    timeout=300,
    kernels=("newest",),
)
