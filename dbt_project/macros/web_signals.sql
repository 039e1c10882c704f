{#- What H0502, H0503, their evidence and the counts share about web signals (互联网信号), rows of stg_w01_web_signals. -#}

{#- Whether a signal is surely about the enterprise: the match is accepted, not waiting for a person, with at least this
    confidence, and was not taken back. A signal that other systems matched has no band. -#}
{% macro is_sure_signal(signal, confidence_at_least) -%}
    (
        {{ signal }}.match_confidence >= {{ confidence_at_least }}
        and coalesce({{ signal }}.band, 'accept') = 'accept'
        and not {{ is_withdrawn_signal(signal) }}
    )
{%- endmacro %}

{#- Whether a signal was taken back (撤回) by the end of the month: its page is gone or withdrawn, names the enterprise no
    more, or was matched to another one. -#}
{% macro is_withdrawn_signal(signal) -%}
    coalesce({{ signal }}.withdrawn_on <= {{ month_end() }}, false)
{%- endmacro %}

{#- Whether a signal is of a topic, inside the window of an indicator and surely about the enterprise. -#}
{% macro is_matched_signal(signal, topic, indicator, confidence_at_least) -%}
    (
        {{ signal }}.topic = '{{ topic }}'
        and {{ is_sure_signal(signal, confidence_at_least) }}
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
