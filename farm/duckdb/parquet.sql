-- The same as boots.sql, of the Parquet that farm/spark writes: set variable rows = 'rows/*/*.parquet'.
create or replace temp view boots as
select any_value(coalesce(labels['board'], regexp_replace(hardware, ' \(DT\)$', ''), 'unknown')) as board,
       any_value(coalesce(labels['kernel'], kernel, 'unknown')) as kernel,
       any_value(path) as path, hash, boot, bool_or(eligible.value) as eligible, any_value(findings) as findings
from read_parquet(getvariable('rows'), hive_partitioning = true)
where hash is not null
group by hash, boot;
