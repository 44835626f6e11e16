//! The record over both stores: the same tests on SQLite, one by one, and on PostgreSQL, one after the other on one server.

mod outage;
mod place;
mod reading;
mod replicas;
mod tampering;
mod trimming;
mod writing;

use place::Place;

/// Each of these runs on SQLite as a test of its own, and on PostgreSQL as a part of one.
macro_rules! contract {
    ($($module:ident::$test:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$module::$test(&super::Place::sqlite()).await;
            })+
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn postgres() {
            let Some(server) = periscope_testing::Postgres::start().await else {
                eprintln!("skipped: PostgreSQL is not installed");
                return;
            };
            $(
                eprintln!("{}", stringify!($test));
                $module::$test(&Place::postgres(&server, stringify!($test)).await).await;
            )+
        }
    };
}

contract! {
    writing::an_act_is_two_rows_that_belong_together,
    writing::what_is_complete_when_told_is_one_row,
    writing::an_intent_that_is_dropped_ends_as_unknown,
    writing::a_caller_that_goes_away_leaves_no_open_intent,
    writing::many_writers_leave_no_hole,
    writing::what_a_crash_left_open_is_closed_at_the_next_start,
    writing::everything_said_is_bounded,
    writing::copies_follow_what_is_durable,
    writing::a_closed_record_refuses,
    reading::every_field_filters,
    reading::the_index_finds_what_a_scan_finds,
    reading::pages_do_not_shift,
    reading::everybody_else_sees_only_their_own,
    reading::histograms_count_every_row_once,
    reading::exports_have_every_row_in_order,
    reading::what_is_searched_for_is_found,
    reading::blocks_are_sealed_and_made_again,
    reading::a_damaged_index_is_made_again,
    reading::questions_out_of_bounds_are_refused,
    tampering::an_untouched_record_is_intact,
    tampering::every_byte_counts,
    tampering::rows_dropped_swapped_or_cut_are_named,
    tampering::an_old_state_is_named,
    tampering::another_history_is_named,
    tampering::what_lies_beside_the_rows_counts_too,
    trimming::whole_segments_go_and_the_rest_still_verifies,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_share_one_database() {
    let Some(server) = periscope_testing::Postgres::start().await else {
        eprintln!("skipped: PostgreSQL is not installed");
        return;
    };
    replicas::chains_are_joined(&Place::postgres(&server, "joined").await).await;
    replicas::a_dead_replicas_intents_are_closed(&Place::postgres(&server, "dead").await).await;
    replicas::a_chain_is_nobody_elses(&Place::postgres(&server, "locked").await).await;
    outage::acts_are_refused_until_it_is_back(&Place::postgres(&server, "outage").await).await;
    replicas::without_a_name_a_free_chain_is_continued(&Place::postgres(&server, "free").await).await;
}
