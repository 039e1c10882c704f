{#- What H0501 and its evidence share about the complaints of the hotlines (投诉举报). -#}

{#- Complaints received by the end of the month that count, of whatever age, as a query: not those of repeat complainants
    (职业投诉人), that is, who is marked as one by the hotline, or complained `repeat_from` times or more in the window of
    H050101, about whatever enterprise. A complaint that names no complainant counts. -#}
{% macro counted_complaints(repeat_from) -%}
    select complaint.*
    from {{ ref("stg_c09_complaints") }} as complaint
    left join (
        select complainant_id
        from {{ ref("stg_c09_complaints") }}
        where
            complainant_id is not null
            and received_on > {{ window_start("H050101") }}
            and received_on <= {{ month_end() }}
        group by complainant_id
        having count(*) >= {{ repeat_from }}
    ) as repeated on complaint.complainant_id = repeated.complainant_id
    where
        complaint.received_on <= {{ month_end() }}
        and not coalesce(complaint.repeat_complainant, false)
        and repeated.complainant_id is null
{%- endmacro %}
