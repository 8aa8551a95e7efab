-- How often each cause is seen on each board and kernel: boots that show it, of those that could have, with Wilson's 95 % interval.
with shown as (
  select distinct board, kernel, hash, boot, coalesce(f.cause, f.signature) as cause
  from boots, unnest(findings) as t(f)
), counted as (
  select board, kernel, count(*) as "of" from boots where eligible group by all
), rates as (
  select cause, board, kernel, count(*) as n, any_value("of") as "of"
  from shown join counted using (board, kernel) group by all
)
select cause, board, kernel, n, "of", n / "of" as rate,
       (n + 1.9207 - 1.96 * sqrt(n * ("of" - n) / "of" + 0.9604)) / ("of" + 3.8415) as low,
       (n + 1.9207 + 1.96 * sqrt(n * ("of" - n) / "of" + 0.9604)) / ("of" + 3.8415) as high
from rates order by cause, board, kernel;
