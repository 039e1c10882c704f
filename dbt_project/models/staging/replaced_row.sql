-- Rows that do not stand at the end of the month in force, because a row with the same key was received after them.
-- A row that several months have replaced is in it several times. What a superseded delivery had replaced stands again.
select
    later.feed,
    later.delivery_id,
    later.row_no
from {{ source("raw", "replaced") }} as later
anti join {{ ref("superseded_delivery") }} as superseded
    on later.feed = superseded.feed and later.by_delivery = superseded.delivery_id
where later.by_month <= {{ month() }}
union all
select
    by_name.feed,
    by_name.delivery_id,
    by_name.row_no
from {{ ref("replaced_by_name") }} as by_name
