//! The tables, the same on both engines. Instants are UTC; the times of events are wall-clock times
//! in the company's time zone.

diesel::table! {
    users (id) {
        id -> BigInt,
        version -> Integer,
        username -> Text,
        full_name -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        phone -> Nullable<Text>,
        employee_number -> Nullable<Text>,
        role -> Text,
        active -> Bool,
        password_hash -> Text,
        must_change_password -> Bool,
        failed_logins -> Integer,
        retry_after -> Nullable<Timestamp>,
        auth_epoch -> Integer,
        last_login_at -> Nullable<Timestamp>,
        name_key -> Text,
        search -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    unknown_logins (login_key) {
        login_key -> Text,
        failed_logins -> Integer,
        retry_after -> Timestamp,
    }
}

diesel::table! {
    clients (id) {
        id -> BigInt,
        version -> Integer,
        full_name -> Text,
        company_name -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        phone -> Text,
        sales_contact_id -> BigInt,
        last_contact_at -> Nullable<Date>,
        notes -> Text,
        name_key -> Text,
        company_key -> Text,
        sales_key -> Text,
        search -> Text,
        phone_key -> Nullable<Text>,
        person_key -> Nullable<Text>,
        twin_key -> Nullable<Text>,
        merged_into_id -> Nullable<BigInt>,
        archived_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    contracts (id) {
        id -> BigInt,
        version -> Integer,
        client_id -> BigInt,
        total_cents -> BigInt,
        due_cents -> BigInt,
        signed_at -> Nullable<Timestamp>,
        notes -> Text,
        client_key -> Text,
        company_key -> Text,
        sales_key -> Text,
        search -> Text,
        next_due_on -> Nullable<Date>,
        archived_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    events (id) {
        id -> BigInt,
        version -> Integer,
        contract_id -> BigInt,
        title -> Text,
        client_contact -> Text,
        contact_phone -> Text,
        starts_at -> Nullable<Timestamp>,
        ends_at -> Nullable<Timestamp>,
        location -> Text,
        attendees -> Integer,
        notes -> Text,
        status -> Text,
        support_id -> Nullable<BigInt>,
        title_key -> Text,
        location_key -> Text,
        client_key -> Text,
        support_key -> Nullable<Text>,
        search -> Text,
        client_search -> Text,
        long_until -> Nullable<Timestamp>,
        archived_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt,
        at -> Timestamp,
        actor_id -> Nullable<BigInt>,
        actor_name -> Text,
        actor_role -> Nullable<Text>,
        action -> Text,
        record_type -> Text,
        record_id -> Nullable<BigInt>,
        record_name -> Text,
        changes -> Text,
        host -> Text,
        session_id -> Text,
        operation_id -> Text,
        search -> Text,
        seq -> Nullable<BigInt>,
        hash -> Text,
    }
}

diesel::table! {
    list_views (id) {
        id -> BigInt,
        version -> Integer,
        owner_id -> BigInt,
        kind -> Text,
        name -> Text,
        name_key -> Text,
        shared -> Bool,
        content -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    list_columns (id) {
        id -> BigInt,
        version -> Integer,
        user_id -> BigInt,
        kind -> Text,
        content -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    payments (id) {
        id -> BigInt,
        version -> Integer,
        contract_id -> BigInt,
        amount_cents -> BigInt,
        paid_on -> Date,
        method -> Text,
        reference -> Text,
        notes -> Text,
        cancelled_at -> Nullable<Timestamp>,
        cancel_reason -> Text,
        state -> Text,
        reference_key -> Text,
        client_key -> Text,
        search -> Text,
        client_search -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    plans (id) {
        id -> BigInt,
        version -> Integer,
        name -> Text,
        name_key -> Text,
        parts -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    instalments (id) {
        id -> BigInt,
        version -> Integer,
        contract_id -> BigInt,
        position -> Integer,
        label -> Text,
        amount_cents -> BigInt,
        anchor -> Text,
        offset_days -> Integer,
        due_on -> Nullable<Date>,
        upto_cents -> BigInt,
        open_cents -> BigInt,
        open_on -> Nullable<Date>,
        plan_id -> Nullable<BigInt>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        version -> Integer,
        file_name -> Text,
        kind -> Text,
        created_by -> BigInt,
        operation_id -> Text,
        headings -> Text,
        fields -> Text,
        created_rows -> Integer,
        changed_rows -> Integer,
        unchanged_rows -> Integer,
        refused_rows -> Integer,
        skipped_rows -> Integer,
        reverted_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::joinable!(imports -> users (created_by));
diesel::joinable!(list_views -> users (owner_id));
diesel::joinable!(clients -> users (sales_contact_id));
diesel::joinable!(contracts -> clients (client_id));
diesel::joinable!(events -> contracts (contract_id));
diesel::joinable!(payments -> contracts (contract_id));
diesel::joinable!(instalments -> contracts (contract_id));
diesel::allow_tables_to_appear_in_same_query!(
    users,
    clients,
    contracts,
    events,
    payments,
    instalments,
    settings,
    list_views,
    imports
);
diesel::allow_tables_to_appear_in_same_query!(audit_log, imports);
