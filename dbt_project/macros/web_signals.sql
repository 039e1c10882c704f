{#- What H0502, H0503 and their evidence share about web signals (互联网信号), rows of stg_w01_web_signals. -#}

{#- Whether a signal is of a topic, inside the window of an indicator and surely about the enterprise. -#}
{% macro is_matched_signal(signal, topic, indicator, confidence_at_least) -%}
    (
        {{ signal }}.topic = '{{ topic }}'
        and {{ signal }}.match_confidence >= {{ confidence_at_least }}
        and {{ signal }}.published_on > {{ window_start(indicator) }}
        and {{ signal }}.published_on <= {{ month_end() }}
    )
{%- endmacro %}

{#- What tells texts apart: copies of one text share its hash. -#}
{% macro signal_text(signal) -%}
    coalesce({{ signal }}.content_hash, {{ signal }}.signal_no)
{%- endmacro %}

{#- 1 for the newest of an enterprise's copies of a text among the rows selected, 0 for the others: a text counts once, and
    as long as its newest copy. -#}
{% macro newest_copy(signal) -%}
    case
        when
            row_number() over (
                partition by {{ signal }}.enterprise_id, {{ signal_text(signal) }}
                order by {{ signal }}.published_on desc, {{ signal }}.record_id desc
            ) = 1
            then 1
        else 0
    end
{%- endmacro %}
