-- Findings that are one bug: the most frequent first, with one log each.
select f.signature, f.cause, f.verdict, count(distinct (hash, boot)) as boots, count(distinct board) as boards,
       list(distinct kernel order by kernel) as kernels, min(path) as example
from boots, unnest(findings) as t(f)
group by f.signature, f.cause, f.verdict order by boots desc, f.signature, f.cause;
