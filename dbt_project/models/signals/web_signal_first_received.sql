-- 互联网信号首次收到月份 Month in which the first version of a web signal was received, known at the end of the month in
-- force. Staging keeps the last version of a row and the month of that. Only signals of which a version came in the
-- month itself: no other can have come first in it.
{{ config(database="memory", schema="staging", materialized="plain_view", contract={"enforced": false}) }}
select
    signal_no,
    min(received_month) as first_month
from {{ source('raw', 'w01_web_signals') }}
where
    received_month <= {{ month() }}
    and signal_no in (
        select came.signal_no
        from {{ source('raw', 'w01_web_signals') }} as came
        where came.received_month = {{ month() }}
    )
group by signal_no
