--
-- PostgreSQL database dump
--


-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: checkins; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.checkins (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    nonce character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone
);


--
-- Name: connections; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.connections (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    owner_id uuid NOT NULL,
    other_id uuid NOT NULL,
    event_id uuid NOT NULL,
    state character varying NOT NULL
);


--
-- Name: encounters; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.encounters (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    one_id uuid NOT NULL,
    other_id uuid NOT NULL,
    sittings jsonb NOT NULL
);


--
-- Name: enrollments; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.enrollments (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    person_id uuid NOT NULL,
    state character varying NOT NULL,
    reason character varying
);


--
-- Name: events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    slug character varying NOT NULL,
    title jsonb NOT NULL,
    summary jsonb NOT NULL,
    method jsonb NOT NULL,
    purpose text,
    kind character varying NOT NULL,
    mode character varying NOT NULL,
    audience character varying NOT NULL,
    place character varying,
    timezone character varying NOT NULL,
    locale character varying NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    capacity integer,
    taken integer NOT NULL,
    waitlisted integer NOT NULL,
    registration_opens_at timestamp with time zone,
    registration_closes_at timestamp with time zone,
    approval boolean NOT NULL,
    offer_hours integer NOT NULL,
    weights jsonb NOT NULL,
    retention_days integer,
    tables jsonb,
    state character varying NOT NULL,
    version integer NOT NULL,
    published_plan_id uuid,
    method_sent_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL
);


--
-- Name: jobs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.jobs (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid,
    plan_id uuid,
    kind character varying NOT NULL,
    state character varying NOT NULL,
    request jsonb NOT NULL,
    done bigint NOT NULL,
    total bigint NOT NULL,
    note character varying,
    result jsonb,
    problem jsonb,
    cancel_requested boolean NOT NULL,
    attempt integer NOT NULL,
    owner character varying,
    lease_until timestamp with time zone,
    finished_at timestamp with time zone
);


--
-- Name: logins; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.logins (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    member_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);


--
-- Name: members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.members (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    email character varying NOT NULL,
    email_normal character varying NOT NULL,
    role character varying NOT NULL
);


--
-- Name: messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.messages (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid,
    registration_id uuid,
    prompt_id uuid,
    login_id uuid,
    kind character varying NOT NULL,
    asked_for boolean NOT NULL,
    state character varying NOT NULL,
    reason character varying,
    dedup_key character varying NOT NULL,
    to_email character varying NOT NULL,
    to_email_normal character varying NOT NULL,
    to_name character varying,
    locale character varying NOT NULL,
    message_id character varying NOT NULL,
    frozen jsonb,
    due_at timestamp with time zone NOT NULL,
    next_try_at timestamp with time zone NOT NULL,
    attempt integer NOT NULL,
    failures integer NOT NULL,
    owner character varying,
    lease_until timestamp with time zone,
    dated_at timestamp with time zone,
    sent_at timestamp with time zone,
    last_error text
);


--
-- Name: notes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notes (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    owner_id uuid NOT NULL,
    about_id uuid NOT NULL,
    prompt_id uuid,
    text text NOT NULL
);


--
-- Name: organizers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.organizers (
    id uuid NOT NULL,
    slug character varying NOT NULL,
    name character varying NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: people; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.people (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    email character varying NOT NULL,
    email_normal character varying NOT NULL,
    name character varying NOT NULL,
    locale character varying NOT NULL,
    timezone character varying,
    profile jsonb NOT NULL,
    confirmed_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    follow_up_stopped_at timestamp with time zone,
    link_generation integer NOT NULL
);


--
-- Name: plans; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.plans (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    version integer NOT NULL,
    state character varying NOT NULL,
    seed bigint NOT NULL,
    input_hash character varying,
    request jsonb NOT NULL,
    tables jsonb NOT NULL,
    score jsonb,
    warnings jsonb NOT NULL,
    algorithm character varying NOT NULL,
    took_ms bigint,
    published_at timestamp with time zone
);


--
-- Name: prompts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.prompts (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    person_id uuid NOT NULL,
    step character varying NOT NULL,
    state character varying NOT NULL,
    reason character varying,
    due_at timestamp with time zone NOT NULL,
    first_due_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    answered_at timestamp with time zone,
    content jsonb,
    answer jsonb,
    link_generation integer NOT NULL
);


--
-- Name: registrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.registrations (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    person_id uuid NOT NULL,
    code character varying NOT NULL,
    state character varying NOT NULL,
    name character varying NOT NULL,
    profile jsonb NOT NULL,
    intention text,
    wishes jsonb NOT NULL,
    accessibility text,
    answers jsonb NOT NULL,
    locale character varying NOT NULL,
    timezone character varying,
    follow_up boolean NOT NULL,
    "position" integer,
    pending_until timestamp with time zone,
    confirmed_at timestamp with time zone,
    checked_in_at timestamp with time zone,
    method_ack_at timestamp with time zone,
    mailed_at timestamp with time zone,
    link_generation integer NOT NULL,
    version integer NOT NULL
);


--
-- Name: rounds; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rounds (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    number smallint NOT NULL,
    minutes smallint NOT NULL,
    break_minutes smallint NOT NULL,
    starts_at timestamp with time zone,
    state character varying NOT NULL,
    started_at timestamp with time zone,
    finishes_by timestamp with time zone,
    finished_at timestamp with time zone,
    plan_id uuid
);


--
-- Name: rules; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rules (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    kind character varying NOT NULL,
    hard boolean NOT NULL,
    weight double precision,
    members jsonb NOT NULL,
    attribute character varying,
    "table" smallint,
    k smallint
);


--
-- Name: seaql_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);


--
-- Name: seats; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.seats (
    organizer_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    round smallint NOT NULL,
    "table" smallint NOT NULL,
    locked boolean NOT NULL,
    why jsonb NOT NULL
);


--
-- Name: settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.settings (
    key character varying NOT NULL,
    value jsonb NOT NULL
);


--
-- Name: suppressions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.suppressions (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    email_normal character varying NOT NULL,
    reason character varying NOT NULL
);


--
-- Name: tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tokens (
    id uuid NOT NULL,
    organizer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    member_id uuid,
    label character varying NOT NULL,
    role character varying NOT NULL,
    hash character varying NOT NULL,
    expires_at timestamp with time zone
);


--
-- Data for Name: checkins; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.checkins (id, organizer_id, created_at, event_id, registration_id, nonce, at, undone_at) FROM stdin;
01a20219-04b4-7422-b2ba-b1508932e1ec	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 16:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	door-F36D5EB0	2030-05-09 16:00:00+00	\N
01a20219-05a5-75b3-9f91-16b279ffe53c	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 16:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	door-F5PP4WY3	2030-05-09 16:00:00+00	\N
01a20219-067e-76cf-aac6-7772a4b97c5f	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 16:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	door-X8NCGKCY	2030-05-09 16:00:00+00	\N
01a20219-0859-7025-8752-356be5045bb2	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 16:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	door-X2ZGNWB8	2030-05-09 16:00:00+00	\N
01a20219-096f-73b0-a83b-cbe3d34d7de5	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 16:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6e4-74a8-8d71-3322e5e6706e	door-Z1VX6XK0	2030-05-09 16:00:00+00	\N
01a20219-0b4e-71b5-9988-431da34449d0	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 16:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f71a-737b-95d4-96f99959fc4d	door-YFB5P1MQ	2030-05-09 16:00:00+00	\N
01a20219-0ccc-7434-a33f-e760f1295738	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 16:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f761-707c-8c7f-4271662ffbbc	door-CENSRWQ1	2030-05-09 16:00:00+00	\N
\.


--
-- Data for Name: connections; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.connections (id, organizer_id, created_at, owner_id, other_id, event_id, state) FROM stdin;
01a20219-184e-70cb-961f-3008fb0e9f7f	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-10 08:00:00+00	01a20218-f6e0-7667-b8fd-89e94aae4d35	01a20218-f65e-76a5-8770-b0d7fc764c6a	01a20218-f1a5-7326-a674-601b2b2d5f9f	suggested
\.


--
-- Data for Name: encounters; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.encounters (id, organizer_id, created_at, event_id, one_id, other_id, sittings) FROM stdin;
01a20219-11c6-71d0-93da-8fc3631f8407	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	01a20218-f669-7309-a766-0d0184343533	[{"round": 1, "table": 1, "theme": "hiking"}]
01a20219-11c6-71d0-93da-8fc4e29803c5	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	01a20218-f6a3-7446-9d18-9fcc6d162344	[{"round": 2, "table": 1, "theme": "beekeeping"}]
01a20219-11c6-71d0-93da-8fc584e170f8	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	01a20218-f6ce-758c-b6c3-cac5a0018241	[{"round": 1, "table": 1, "theme": "hiking"}]
01a20219-11c6-71d0-93da-8fc612713db1	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	01a20218-f71a-737b-95d4-96f99959fc4d	[{"round": 1, "table": 1, "theme": "hiking"}, {"round": 2, "table": 1, "theme": "beekeeping"}]
01a20219-11c6-71d0-93da-8fc78e6a0f22	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	01a20218-f6ce-758c-b6c3-cac5a0018241	[{"round": 1, "table": 1, "theme": "hiking"}, {"round": 2, "table": 2, "theme": "ceramics"}]
01a20219-11c6-71d0-93da-8fc8990f559b	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	01a20218-f6e4-74a8-8d71-3322e5e6706e	[{"round": 2, "table": 2, "theme": "ceramics"}]
01a20219-11c6-71d0-93da-8fc91e7e946a	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	01a20218-f71a-737b-95d4-96f99959fc4d	[{"round": 1, "table": 1, "theme": "hiking"}]
01a20219-11c6-71d0-93da-8fcacd259725	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	01a20218-f761-707c-8c7f-4271662ffbbc	[{"round": 2, "table": 2, "theme": "ceramics"}]
01a20219-11c6-71d0-93da-8fcbec9dcd28	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	01a20218-f6e4-74a8-8d71-3322e5e6706e	[{"round": 1, "table": 2, "theme": "photography"}]
01a20219-11c6-71d0-93da-8fcc04174baf	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	01a20218-f71a-737b-95d4-96f99959fc4d	[{"round": 2, "table": 1, "theme": "beekeeping"}]
01a20219-11c6-71d0-93da-8fcd88511897	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	01a20218-f761-707c-8c7f-4271662ffbbc	[{"round": 1, "table": 2, "theme": "photography"}]
01a20219-11c6-71d0-93da-8fceddf27960	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	01a20218-f6e4-74a8-8d71-3322e5e6706e	[{"round": 2, "table": 2, "theme": "ceramics"}]
01a20219-11c6-71d0-93da-8fcfdcd80a8a	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	01a20218-f71a-737b-95d4-96f99959fc4d	[{"round": 1, "table": 1, "theme": "hiking"}]
01a20219-11c6-71d0-93da-8fd05d6a5d43	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	01a20218-f761-707c-8c7f-4271662ffbbc	[{"round": 2, "table": 2, "theme": "ceramics"}]
01a20219-11c6-71d0-93da-8fd1a6e1d82b	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6e4-74a8-8d71-3322e5e6706e	01a20218-f761-707c-8c7f-4271662ffbbc	[{"round": 1, "table": 2, "theme": "photography"}, {"round": 2, "table": 2, "theme": "ceramics"}]
\.


--
-- Data for Name: enrollments; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.enrollments (id, organizer_id, created_at, event_id, registration_id, person_id, state, reason) FROM stdin;
01a20219-11ca-70bc-b416-43e8d3077142	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	01a20218-f604-7202-8f94-d14ef56114d2	active	\N
01a20219-11ca-70bc-b416-43e90dd5a598	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	01a20218-f65e-76a5-8770-b0d7fc764c6a	active	\N
01a20219-11ca-70bc-b416-43ea21741df3	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	01a20218-f6a0-75f2-a4c2-e4e58d54c8a7	active	\N
01a20219-11ca-70bc-b416-43ebbd8fca0c	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	01a20218-f6cd-74b7-8588-6bff407c6b0a	active	\N
01a20219-11ca-70bc-b416-43ecd9f73f93	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6e4-74a8-8d71-3322e5e6706e	01a20218-f6e0-7667-b8fd-89e94aae4d35	active	\N
01a20219-11ca-70bc-b416-43edb1543236	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f71a-737b-95d4-96f99959fc4d	01a20218-f714-70ad-8de8-26b4466693e5	active	\N
01a20219-11ca-70bc-b416-43eeb5b94cfc	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f761-707c-8c7f-4271662ffbbc	01a20218-f75c-71e2-bf52-89e45c9b2ee1	active	\N
\.


--
-- Data for Name: events; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.events (id, organizer_id, created_at, slug, title, summary, method, purpose, kind, mode, audience, place, timezone, locale, starts_at, ends_at, capacity, taken, waitlisted, registration_opens_at, registration_closes_at, approval, offer_hours, weights, retention_days, tables, state, version, published_plan_id, method_sent_at, updated_at) FROM stdin;
01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	small-tables	{"en": "Small tables in May", "it": "Tavoli piccoli a maggio"}	{}	{"en": "We begin with a passion; the job comes later. Everybody answers in turn.", "it": "Si parte da una passione, il lavoro viene dopo. Si risponde a turno."}	Meet three people you would like to see again.	tables	in_person	external	Via Irnerio 2, Bologna	Europe/Rome	en	2030-05-09 16:00:00+00	2030-05-09 19:00:00+00	12	8	0	\N	\N	f	24	{"wishes": 0.5, "novelty": 0.2, "passion": 1.0, "same_unit": 0.05, "offer_need": 0.5}	\N	{"max": 5, "min": 4}	completed	3	01a20218-fc7e-71c9-9615-541609e6aae7	2030-05-08 08:00:00+00	2030-05-09 19:00:00+00
\.


--
-- Data for Name: jobs; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.jobs (id, organizer_id, created_at, event_id, plan_id, kind, state, request, done, total, note, result, problem, cancel_requested, attempt, owner, lease_until, finished_at) FROM stdin;
01a20218-fc83-73c2-964a-d9ce5dfe662c	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-fc7e-71c9-9615-541609e6aae7	plan	succeeded	{}	0	0	\N	{"plan": "01a20218-fc7e-71c9-9615-541609e6aae7"}	\N	f	1	\N	\N	2030-05-06 07:00:00+00
\.


--
-- Data for Name: logins; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.logins (id, organizer_id, created_at, member_id, expires_at, used_at) FROM stdin;
\.


--
-- Data for Name: members; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.members (id, organizer_id, created_at, email, email_normal, role) FROM stdin;
01a20218-f12a-7292-8f7d-b575693c527e	01a20218-f126-73eb-906c-0107b353b4c1	2026-11-22 07:11:58.211336+00	host@example.org	host@example.org	owner
\.


--
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.messages (id, organizer_id, created_at, event_id, registration_id, prompt_id, login_id, kind, asked_for, state, reason, dedup_key, to_email, to_email_normal, to_name, locale, message_id, frozen, due_at, next_try_at, attempt, failures, owner, lease_until, dated_at, sent_at, last_error) FROM stdin;
01a20218-f61d-75ed-96da-3aef3fd400ce	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	\N	\N	confirm	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirm:1904281200000000:01a20218-f60d-7414-ab05-d3dccfcb46b9	ada@example.org	ada@example.org	Ada Conti	it	<wwricqmtmfgg7qpcgum67cnpv5hek2plpihzss5mntfzgis37iuq@convivio.localhost>	{"says": "confirm", "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Ada Conti", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-f680-77a3-9075-ff14b6a4b766	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	\N	\N	confirm	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirm:1904281200000000:01a20218-f669-7309-a766-0d0184343533	bo@example.org	bo@example.org	Bo Lind	en	<mydfjzegbwt6viickkod73ofjmcrynlrgxw62zejgsxyruuetnya@convivio.localhost>	{"says": "confirm", "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Bo Lind", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-f6aa-7511-88cf-4071909bf19a	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	\N	\N	confirm	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirm:1904281200000000:01a20218-f6a3-7446-9d18-9fcc6d162344	chiara@example.org	chiara@example.org	Chiara Neri	it	<fgzkifbxxygvqcpqwhoynzyx2dogcbsgkjq7koemlwuh3ixgxraa@convivio.localhost>	{"says": "confirm", "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Chiara Neri", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-f6d1-72bc-917a-86df89d07a2f	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	\N	\N	confirm	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirm:1904281200000000:01a20218-f6ce-758c-b6c3-cac5a0018241	dario@example.org	dario@example.org	Dario Villa	it	<b52u77rel4kpbtpw5pp7vkxzlrit7lyc5ubuovpitclbcni4qraq@convivio.localhost>	{"says": "confirm", "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Dario Villa", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-f6ed-73ab-8c6e-eaf06313b847	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6e4-74a8-8d71-3322e5e6706e	\N	\N	confirm	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirm:1904281200000000:01a20218-f6e4-74a8-8d71-3322e5e6706e	elena@example.org	elena@example.org	Elena Pace	en	<dbz3zicmivdvywiz6wzjiu3mzavnjptcg4y5myj2xcdgqxpnytdq@convivio.localhost>	{"says": "confirm", "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Elena Pace", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-f72e-7298-bedf-af572109c0b1	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f71a-737b-95d4-96f99959fc4d	\N	\N	confirm	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirm:1904281200000000:01a20218-f71a-737b-95d4-96f99959fc4d	fabio@example.org	fabio@example.org	Fabio Galli	it	<es7nc6aqlkxy2vdhs4saqk6vvel4z4j65l46s2ebfrwxfxwi3fqa@convivio.localhost>	{"says": "confirm", "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Fabio Galli", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-f774-76e2-8952-e14b386e6b88	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f761-707c-8c7f-4271662ffbbc	\N	\N	confirm	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirm:1904281200000000:01a20218-f761-707c-8c7f-4271662ffbbc	greta@example.org	greta@example.org	Greta Orsini	en	<bopbmymbyuckgn7rsqk25ayuajmmh2zeqzkzqwvteup2xfnhce2a@convivio.localhost>	{"says": "confirm", "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Greta Orsini", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-f7ee-743c-9af2-3d7936c45bea	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f7e9-719a-b45a-bf7f1ce904db	\N	\N	confirm	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirm:1904281200000000:01a20218-f7e9-719a-b45a-bf7f1ce904db	hugo@example.org	hugo@example.org	Hugo Marini	en	<ezs4s7neqn4pixeffqozgt2hxn5jckr5zu5u35emu4tarsb7kipq@convivio.localhost>	{"says": "confirm", "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Hugo Marini", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-fa78-7640-88c7-a4242d8ea7ca	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	\N	\N	confirmed	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirmed:2:01a20218-f60d-7414-ab05-d3dccfcb46b9	ada@example.org	ada@example.org	Ada Conti	it	<letbgd7izilcexjbh3jvf7tf4sqftagmxwnwmgxaztvlo2lmff4a@convivio.localhost>	{"says": {"confirmed": {"passions": ["Escursionismo", "Apicoltura"]}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Ada Conti", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-fab4-74e5-bd78-05d567826dfd	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	\N	\N	confirmed	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirmed:2:01a20218-f669-7309-a766-0d0184343533	bo@example.org	bo@example.org	Bo Lind	en	<6hdskp7rhshmymwck3lbf3qolbvdlmk4fnyrfklher2oktohihsq@convivio.localhost>	{"says": {"confirmed": {"passions": ["Hiking", "Ceramics"]}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Bo Lind", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-faee-736d-9a8a-217d791fd0d0	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	\N	\N	confirmed	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirmed:2:01a20218-f6a3-7446-9d18-9fcc6d162344	chiara@example.org	chiara@example.org	Chiara Neri	it	<xs5glfns5rwaocjik46hfnzb5sg2j3tbfclxwlonevmpc77wufvq@convivio.localhost>	{"says": {"confirmed": {"passions": ["Apicoltura", "Ceramica"]}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Chiara Neri", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-fb29-71ba-9852-f17a9eb8239b	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	\N	\N	confirmed	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirmed:2:01a20218-f6ce-758c-b6c3-cac5a0018241	dario@example.org	dario@example.org	Dario Villa	it	<zu7tvtjayagia2az2nhhfbya2sk4vjp6fzeawohrzonpxaguon3q@convivio.localhost>	{"says": {"confirmed": {"passions": ["Escursionismo", "Fotografia"]}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Dario Villa", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-fbea-72e2-acf4-72d1830a3b46	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f71a-737b-95d4-96f99959fc4d	\N	\N	confirmed	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirmed:2:01a20218-f71a-737b-95d4-96f99959fc4d	fabio@example.org	fabio@example.org	Fabio Galli	it	<xgfwrfbsdour2vw4xwd7sxermierqdgd4uxavihu7vjw6dw6zxwa@convivio.localhost>	{"says": {"confirmed": {"passions": ["Apicoltura", "Escursionismo"]}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Fabio Galli", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-fba0-71d0-aa12-de7c6d70fa0e	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6e4-74a8-8d71-3322e5e6706e	\N	\N	confirmed	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirmed:2:01a20218-f6e4-74a8-8d71-3322e5e6706e	elena@example.org	elena@example.org	Elena Pace	en	<hl63oxgma5ozvrirmhikcvnvgoi7bxnnd3vzjqwnc7fbu5ol6l4a@convivio.localhost>	{"says": {"confirmed": {"passions": ["Photography", "Ceramics"]}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Elena Pace", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20218-fc22-75ef-9246-be5b7ac2ef56	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f761-707c-8c7f-4271662ffbbc	\N	\N	confirmed	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirmed:2:01a20218-f761-707c-8c7f-4271662ffbbc	greta@example.org	greta@example.org	Greta Orsini	en	<gq7umg7nac3irjbq44vmkvyawpddj7hpetr5ecefznx65ijih4hq@convivio.localhost>	{"says": {"confirmed": {"passions": ["Ceramics", "Photography"]}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Greta Orsini", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20219-0284-7420-8154-681d7a3354b2	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-08 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f7e9-719a-b45a-bf7f1ce904db	\N	\N	A1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:A1::01a20218-f7e9-719a-b45a-bf7f1ce904db	hugo@example.org	hugo@example.org	Hugo Marini	en	<m36mssopux2d5zpnkztg4hyvpzss5bs47akurvcrhhbtngnfjp2a@convivio.localhost>	{"says": {"method": {"minutes": 30, "tomorrow": true, "how_we_meet": "We begin with a passion; the job comes later. Everybody answers in turn."}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-08T08:00:00Z"}, "reader": "Hugo Marini", "sender": "Circolo della Montagnola"}	2030-05-08 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-08 08:00:00+00	2030-05-08 08:00:00+00	\N
01a20218-fc5f-738f-aa33-759bc2f3a2ad	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f7e9-719a-b45a-bf7f1ce904db	\N	\N	confirmed	t	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:confirmed:2:01a20218-f7e9-719a-b45a-bf7f1ce904db	hugo@example.org	hugo@example.org	Hugo Marini	en	<whbz4msuexga2nsmsoahep3gcic56cechw33thf6hukkzkdwdqma@convivio.localhost>	{"says": {"confirmed": {"passions": ["Photography", "Beekeeping"]}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-06T07:00:00Z"}, "reader": "Hugo Marini", "sender": "Circolo della Montagnola"}	2030-05-06 07:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N
01a20219-1338-7583-8360-a233b48be550	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-10 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f71a-737b-95d4-96f99959fc4d	01a20219-11fb-75ca-8142-5e130a133673	\N	F1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:F1::01a20218-f71a-737b-95d4-96f99959fc4d	fabio@example.org	fabio@example.org	Fabio Galli	it	<joxzltmgr3g7elz3tf6dxdyv343gpbp4amaf2rrhn5v6ol4ahxta@convivio.localhost>	{"says": {"follow_up": {"prompt": {"step": "F1", "draft": null, "guide": null, "action": {"text": "Scrivi una cosa che hai ascoltato e scegli fino a tre persone con cui restare in contatto.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "it", "recall": {"people": [{"code": "F36D5EB0", "name": "Ada Conti", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}, {"round": 2, "table": 1, "theme": "Apicoltura"}]}, {"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "X8NCGKCY", "name": "Chiara Neri", "sittings": [{"round": 2, "table": 1, "theme": "Apicoltura"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "Giovedì 9 maggio, all’evento «Tavoli piccoli a maggio», hai condiviso il tavolo con Ada Conti, Bo Lind, Dario Villa e Chiara Neri. Con Ada Conti, Bo Lind e Dario Villa condividi una passione: escursionismo. Speravi in questo: «Parlare di api».", "subject": "Chi ti è rimasto in mente?", "reflection": "C’è stato spazio per ascoltare?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "hiking", "with": ["Ada Conti", "Bo Lind", "Dario Villa"], "label": "Escursionismo"}, {"code": "beekeeping", "with": ["Ada Conti", "Chiara Neri"], "label": "Apicoltura"}], "offers_needs": []}}}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 3, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-10T08:00:00Z"}, "reader": "Fabio Galli", "sender": "Circolo della Montagnola"}	2030-05-10 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N
01a20219-12eb-7785-a97f-94f3d62c9eec	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-10 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	01a20219-11fb-75ca-8142-5e0f88197b0a	\N	F1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:F1::01a20218-f669-7309-a766-0d0184343533	bo@example.org	bo@example.org	Bo Lind	en	<nvtxardutvjfnepvn7fgajyrrowngy2low7pof5vtwbfihzmfpgq@convivio.localhost>	{"says": {"follow_up": {"prompt": {"step": "F1", "draft": null, "guide": null, "action": {"text": "Write one thing you heard, and choose up to three people you would like to keep in touch with.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "en", "recall": {"people": [{"code": "F36D5EB0", "name": "Ada Conti", "sittings": [{"round": 1, "table": 1, "theme": "Hiking"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 1, "table": 1, "theme": "Hiking"}, {"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "YFB5P1MQ", "name": "Fabio Galli", "sittings": [{"round": 1, "table": 1, "theme": "Hiking"}]}, {"code": "CENSRWQ1", "name": "Greta Orsini", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "Z1VX6XK0", "name": "Elena Pace", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "On Thursday 9 May, at Small tables in May, you shared a table with Ada Conti, Dario Villa, Fabio Galli, Greta Orsini and Elena Pace. You have a passion in common with Ada Conti, Dario Villa and Fabio Galli: hiking. You hoped for: “One good conversation”.", "subject": "Who stayed in your mind?", "reflection": "Was there room to listen?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "hiking", "with": ["Ada Conti", "Dario Villa", "Fabio Galli"], "label": "Hiking"}, {"code": "ceramics", "with": ["Greta Orsini", "Elena Pace"], "label": "Ceramics"}], "offers_needs": []}}}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 3, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-10T08:00:00Z"}, "reader": "Bo Lind", "sender": "Circolo della Montagnola"}	2030-05-10 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N
01a20219-1302-7272-85d8-30d7febc66f8	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-10 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	01a20219-11fb-75ca-8142-5e10e5e3eeb6	\N	F1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:F1::01a20218-f6a3-7446-9d18-9fcc6d162344	chiara@example.org	chiara@example.org	Chiara Neri	it	<oardoubucwaon6mu2jesh2nvef3fqcg27rjzudf7mbzw5ecdal3a@convivio.localhost>	{"says": {"follow_up": {"prompt": {"step": "F1", "draft": null, "guide": null, "action": {"text": "Scrivi una cosa che hai ascoltato e scegli fino a tre persone con cui restare in contatto.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "it", "recall": {"people": [{"code": "CENSRWQ1", "name": "Greta Orsini", "sittings": [{"round": 1, "table": 2, "theme": "Fotografia"}]}, {"code": "Z1VX6XK0", "name": "Elena Pace", "sittings": [{"round": 1, "table": 2, "theme": "Fotografia"}]}, {"code": "F36D5EB0", "name": "Ada Conti", "sittings": [{"round": 2, "table": 1, "theme": "Apicoltura"}]}, {"code": "YFB5P1MQ", "name": "Fabio Galli", "sittings": [{"round": 2, "table": 1, "theme": "Apicoltura"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "Giovedì 9 maggio, all’evento «Tavoli piccoli a maggio», hai condiviso il tavolo con Greta Orsini, Elena Pace, Ada Conti e Fabio Galli. Con Ada Conti e Fabio Galli condividi una passione: apicoltura. Speravi in questo: «Trovare compagni di laboratorio».", "subject": "Chi ti è rimasto in mente?", "reflection": "C’è stato spazio per ascoltare?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "beekeeping", "with": ["Ada Conti", "Fabio Galli"], "label": "Apicoltura"}, {"code": "ceramics", "with": ["Greta Orsini", "Elena Pace"], "label": "Ceramica"}], "offers_needs": []}}}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 3, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-10T08:00:00Z"}, "reader": "Chiara Neri", "sender": "Circolo della Montagnola"}	2030-05-10 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N
01a20219-0284-7420-8154-681c14a6b163	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-08 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f761-707c-8c7f-4271662ffbbc	\N	\N	A1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:A1::01a20218-f761-707c-8c7f-4271662ffbbc	greta@example.org	greta@example.org	Greta Orsini	en	<tptnt7h4ea3knf2eui2o4hkw44qyuzlg2qsa6duug4k7lqowolga@convivio.localhost>	{"says": {"method": {"minutes": 30, "tomorrow": true, "how_we_meet": "We begin with a passion; the job comes later. Everybody answers in turn."}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-08T08:00:00Z"}, "reader": "Greta Orsini", "sender": "Circolo della Montagnola"}	2030-05-08 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-08 08:00:00+00	2030-05-08 08:00:00+00	\N
01a20219-0284-7420-8154-681be0b6ee96	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-08 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f71a-737b-95d4-96f99959fc4d	\N	\N	A1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:A1::01a20218-f71a-737b-95d4-96f99959fc4d	fabio@example.org	fabio@example.org	Fabio Galli	it	<5aod6vu3edtr5njll5t5rbwufvuzgi53rn42ey6bey7rcukw375q@convivio.localhost>	{"says": {"method": {"minutes": 30, "tomorrow": true, "how_we_meet": "Si parte da una passione, il lavoro viene dopo. Si risponde a turno."}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-08T08:00:00Z"}, "reader": "Fabio Galli", "sender": "Circolo della Montagnola"}	2030-05-08 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-08 08:00:00+00	2030-05-08 08:00:00+00	\N
01a20219-0284-7420-8154-68182aa31c4b	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-08 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	\N	\N	A1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:A1::01a20218-f6a3-7446-9d18-9fcc6d162344	chiara@example.org	chiara@example.org	Chiara Neri	it	<flev3hjx5ygc54n36gjs7z7hpojzrlfcb3kllb4xo3n3tvnr7sbq@convivio.localhost>	{"says": {"method": {"minutes": 30, "tomorrow": true, "how_we_meet": "Si parte da una passione, il lavoro viene dopo. Si risponde a turno."}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-08T08:00:00Z"}, "reader": "Chiara Neri", "sender": "Circolo della Montagnola"}	2030-05-08 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-08 08:00:00+00	2030-05-08 08:00:00+00	\N
01a20219-0284-7420-8154-681916fbb4e7	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-08 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	\N	\N	A1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:A1::01a20218-f6ce-758c-b6c3-cac5a0018241	dario@example.org	dario@example.org	Dario Villa	it	<szjn7gyhfggrdsqfgkgqxhwy6zlas5ufxhpscb6jag4kaydpqota@convivio.localhost>	{"says": {"method": {"minutes": 30, "tomorrow": true, "how_we_meet": "Si parte da una passione, il lavoro viene dopo. Si risponde a turno."}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-08T08:00:00Z"}, "reader": "Dario Villa", "sender": "Circolo della Montagnola"}	2030-05-08 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-08 08:00:00+00	2030-05-08 08:00:00+00	\N
01a20219-1356-7600-a7a1-51b2fd17a0aa	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-10 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f761-707c-8c7f-4271662ffbbc	01a20219-11fb-75ca-8142-5e1437a1591e	\N	F1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:F1::01a20218-f761-707c-8c7f-4271662ffbbc	greta@example.org	greta@example.org	Greta Orsini	en	<extk4nsn4bysgwp5u6u4yiln7nukiyitrvrdeehjtzpmxvk73weq@convivio.localhost>	{"says": {"follow_up": {"prompt": {"step": "F1", "draft": null, "guide": null, "action": {"text": "Write one thing you heard, and choose up to three people you would like to keep in touch with.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "en", "recall": {"people": [{"code": "X8NCGKCY", "name": "Chiara Neri", "sittings": [{"round": 1, "table": 2, "theme": "Photography"}]}, {"code": "Z1VX6XK0", "name": "Elena Pace", "sittings": [{"round": 1, "table": 2, "theme": "Photography"}, {"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "On Thursday 9 May, at Small tables in May, you shared a table with Chiara Neri, Elena Pace, Bo Lind and Dario Villa. You have a passion in common with Chiara Neri, Elena Pace and Bo Lind: ceramics. You hoped for: “To listen for once”.", "subject": "Who stayed in your mind?", "reflection": "Was there room to listen?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "ceramics", "with": ["Chiara Neri", "Elena Pace", "Bo Lind"], "label": "Ceramics"}, {"code": "photography", "with": ["Elena Pace", "Dario Villa"], "label": "Photography"}], "offers_needs": []}}}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 3, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-10T08:00:00Z"}, "reader": "Greta Orsini", "sender": "Circolo della Montagnola"}	2030-05-10 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N
01a20219-0284-7420-8154-6816092f4289	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-08 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	\N	\N	A1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:A1::01a20218-f60d-7414-ab05-d3dccfcb46b9	ada@example.org	ada@example.org	Ada Conti	it	<mv5jmujri72jhpiv5kajxn6nakgxtddnbejwngtey4x3zlfg5tra@convivio.localhost>	{"says": {"method": {"minutes": 30, "tomorrow": true, "how_we_meet": "Si parte da una passione, il lavoro viene dopo. Si risponde a turno."}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-08T08:00:00Z"}, "reader": "Ada Conti", "sender": "Circolo della Montagnola"}	2030-05-08 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-08 08:00:00+00	2030-05-08 08:00:00+00	\N
01a20219-0284-7420-8154-681a2760529e	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-08 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6e4-74a8-8d71-3322e5e6706e	\N	\N	A1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:A1::01a20218-f6e4-74a8-8d71-3322e5e6706e	elena@example.org	elena@example.org	Elena Pace	en	<pd2onft26uouttely6htredkqlsqtxm3vy2mn7h22p5m5irrg6qq@convivio.localhost>	{"says": {"method": {"minutes": 30, "tomorrow": true, "how_we_meet": "We begin with a passion; the job comes later. Everybody answers in turn."}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-08T08:00:00Z"}, "reader": "Elena Pace", "sender": "Circolo della Montagnola"}	2030-05-08 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-08 08:00:00+00	2030-05-08 08:00:00+00	\N
01a20219-0284-7420-8154-681705cb6d19	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-08 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	\N	\N	A1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:A1::01a20218-f669-7309-a766-0d0184343533	bo@example.org	bo@example.org	Bo Lind	en	<2pckopabrj3ixgwfdyfcva5vivyx7cwem5qy3hci3izmtulxxemq@convivio.localhost>	{"says": {"method": {"minutes": 30, "tomorrow": true, "how_we_meet": "We begin with a passion; the job comes later. Everybody answers in turn."}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 2, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-08T08:00:00Z"}, "reader": "Bo Lind", "sender": "Circolo della Montagnola"}	2030-05-08 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-08 08:00:00+00	2030-05-08 08:00:00+00	\N
01a20219-12d2-7521-950b-64dc4bc502af	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-10 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	01a20219-11fb-75ca-8142-5e0ee1e46cc4	\N	F1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:F1::01a20218-f60d-7414-ab05-d3dccfcb46b9	ada@example.org	ada@example.org	Ada Conti	it	<yj7hszkrg5ssuvqbmath4ci7pe3ppngzbdnuh2olnm3lq7f3qcha@convivio.localhost>	{"says": {"follow_up": {"prompt": {"step": "F1", "draft": null, "guide": null, "action": {"text": "Scrivi una cosa che hai ascoltato e scegli fino a tre persone con cui restare in contatto.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "it", "recall": {"people": [{"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "YFB5P1MQ", "name": "Fabio Galli", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}, {"round": 2, "table": 1, "theme": "Apicoltura"}]}, {"code": "X8NCGKCY", "name": "Chiara Neri", "sittings": [{"round": 2, "table": 1, "theme": "Apicoltura"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "Giovedì 9 maggio, all’evento «Tavoli piccoli a maggio», hai condiviso il tavolo con Bo Lind, Dario Villa, Fabio Galli e Chiara Neri. Con Bo Lind, Dario Villa e Fabio Galli condividi una passione: escursionismo. Speravi in questo: «Una bella conversazione».", "subject": "Chi ti è rimasto in mente?", "reflection": "C’è stato spazio per ascoltare?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "hiking", "with": ["Bo Lind", "Dario Villa", "Fabio Galli"], "label": "Escursionismo"}, {"code": "beekeeping", "with": ["Fabio Galli", "Chiara Neri"], "label": "Apicoltura"}], "offers_needs": []}}}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 3, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-10T08:00:00Z"}, "reader": "Ada Conti", "sender": "Circolo della Montagnola"}	2030-05-10 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N
01a20219-1328-760b-916b-0c549ed6c716	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-10 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6e4-74a8-8d71-3322e5e6706e	01a20219-11fb-75ca-8142-5e121251da54	\N	F1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:F1::01a20218-f6e4-74a8-8d71-3322e5e6706e	elena@example.org	elena@example.org	Elena Pace	en	<t5iskj5gnbm4lcalbziokkvxa2jkzrbq7252tddmt3eliw4mdb2a@convivio.localhost>	{"says": {"follow_up": {"prompt": {"step": "F1", "draft": null, "guide": null, "action": {"text": "Write one thing you heard, and choose up to three people you would like to keep in touch with.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "en", "recall": {"people": [{"code": "CENSRWQ1", "name": "Greta Orsini", "sittings": [{"round": 1, "table": 2, "theme": "Photography"}, {"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "X8NCGKCY", "name": "Chiara Neri", "sittings": [{"round": 1, "table": 2, "theme": "Photography"}]}, {"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "On Thursday 9 May, at Small tables in May, you shared a table with Greta Orsini, Chiara Neri, Bo Lind and Dario Villa. You have a passion in common with Greta Orsini, Chiara Neri and Bo Lind: ceramics. You hoped for: “People who make things”.", "subject": "Who stayed in your mind?", "reflection": "Was there room to listen?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "ceramics", "with": ["Greta Orsini", "Chiara Neri", "Bo Lind"], "label": "Ceramics"}, {"code": "photography", "with": ["Greta Orsini", "Dario Villa"], "label": "Photography"}], "offers_needs": []}}}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Small tables in May", "ends_at": "2030-05-09T19:00:00Z", "sequence": 3, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-10T08:00:00Z"}, "reader": "Elena Pace", "sender": "Circolo della Montagnola"}	2030-05-10 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N
01a20219-131b-77ce-acde-8537ab02798e	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-10 08:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	01a20219-11fb-75ca-8142-5e1194276446	\N	F1	f	sent	\N	01a20218-f1a5-7326-a674-601b2b2d5f9f:F1::01a20218-f6ce-758c-b6c3-cac5a0018241	dario@example.org	dario@example.org	Dario Villa	it	<hwjcqfeq67jyz7a3rfbxb2vewysbpbwjrpvnv7ojvocl6ucjkqqa@convivio.localhost>	{"says": {"follow_up": {"prompt": {"step": "F1", "draft": null, "guide": null, "action": {"text": "Scrivi una cosa che hai ascoltato e scegli fino a tre persone con cui restare in contatto.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "it", "recall": {"people": [{"code": "F36D5EB0", "name": "Ada Conti", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}, {"round": 2, "table": 2, "theme": "Ceramica"}]}, {"code": "YFB5P1MQ", "name": "Fabio Galli", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "CENSRWQ1", "name": "Greta Orsini", "sittings": [{"round": 2, "table": 2, "theme": "Ceramica"}]}, {"code": "Z1VX6XK0", "name": "Elena Pace", "sittings": [{"round": 2, "table": 2, "theme": "Ceramica"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "Giovedì 9 maggio, all’evento «Tavoli piccoli a maggio», hai condiviso il tavolo con Ada Conti, Bo Lind, Fabio Galli, Greta Orsini ed Elena Pace. Con Ada Conti, Bo Lind e Fabio Galli condividi una passione: escursionismo. Speravi in questo: «Qualcuno con cui camminare».", "subject": "Chi ti è rimasto in mente?", "reflection": "C’è stato spazio per ascoltare?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "hiking", "with": ["Ada Conti", "Bo Lind", "Fabio Galli"], "label": "Escursionismo"}, {"code": "photography", "with": ["Greta Orsini", "Elena Pace"], "label": "Fotografia"}], "offers_needs": []}}}}, "slug": "small-tables", "event": {"place": "Via Irnerio 2, Bologna", "title": "Tavoli piccoli a maggio", "ends_at": "2030-05-09T19:00:00Z", "sequence": 3, "timezone": "Europe/Rome", "organizer": "Circolo della Montagnola", "starts_at": "2030-05-09T16:00:00Z", "written_at": "2030-05-10T08:00:00Z"}, "reader": "Dario Villa", "sender": "Circolo della Montagnola"}	2030-05-10 08:00:00+00	1970-01-01 00:00:00+00	1	0	\N	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N
\.


--
-- Data for Name: notes; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.notes (id, organizer_id, created_at, owner_id, about_id, prompt_id, text) FROM stdin;
01a20219-184f-7566-8830-8bb7e3601940	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-10 08:00:00+00	01a20218-f6e0-7667-b8fd-89e94aae4d35	01a20218-f65e-76a5-8770-b0d7fc764c6a	01a20219-11fb-75ca-8142-5e121251da54	Knows every hut on the Via degli Dei.
\.


--
-- Data for Name: organizers; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.organizers (id, slug, name, created_at) FROM stdin;
01a20218-f126-73eb-906c-0107b353b4c1	circolo	Circolo della Montagnola	2026-11-22 07:11:58.211336+00
\.


--
-- Data for Name: people; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.people (id, organizer_id, created_at, email, email_normal, name, locale, timezone, profile, confirmed_at, updated_at, follow_up_stopped_at, link_generation) FROM stdin;
01a20218-f604-7202-8f94-d14ef56114d2	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	ada@example.org	ada@example.org	Ada Conti	it	\N	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "hiking"}, {"level": 2, "passion": "beekeeping"}], "languages": [], "visibility": {}, "working_on": null}	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N	0
01a20218-f65e-76a5-8770-b0d7fc764c6a	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	bo@example.org	bo@example.org	Bo Lind	en	\N	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "hiking"}, {"level": 2, "passion": "ceramics"}], "languages": [], "visibility": {}, "working_on": null}	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N	0
01a20218-f6a0-75f2-a4c2-e4e58d54c8a7	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	chiara@example.org	chiara@example.org	Chiara Neri	it	\N	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "beekeeping"}, {"level": 2, "passion": "ceramics"}], "languages": [], "visibility": {}, "working_on": null}	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N	0
01a20218-f6cd-74b7-8588-6bff407c6b0a	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	dario@example.org	dario@example.org	Dario Villa	it	\N	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "hiking"}, {"level": 2, "passion": "photography"}], "languages": [], "visibility": {}, "working_on": null}	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N	0
01a20218-f6e0-7667-b8fd-89e94aae4d35	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	elena@example.org	elena@example.org	Elena Pace	en	\N	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "photography"}, {"level": 2, "passion": "ceramics"}], "languages": [], "visibility": {}, "working_on": null}	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N	0
01a20218-f714-70ad-8de8-26b4466693e5	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	fabio@example.org	fabio@example.org	Fabio Galli	it	\N	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "beekeeping"}, {"level": 2, "passion": "hiking"}], "languages": [], "visibility": {}, "working_on": null}	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N	0
01a20218-f75c-71e2-bf52-89e45c9b2ee1	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	greta@example.org	greta@example.org	Greta Orsini	en	\N	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "ceramics"}, {"level": 2, "passion": "photography"}], "languages": [], "visibility": {}, "working_on": null}	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N	0
01a20218-f7e5-766e-a375-08948e86793e	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	hugo@example.org	hugo@example.org	Hugo Marini	en	\N	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "photography"}, {"level": 2, "passion": "beekeeping"}], "languages": [], "visibility": {}, "working_on": null}	2030-05-06 07:00:00+00	2030-05-06 07:00:00+00	\N	0
\.


--
-- Data for Name: plans; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.plans (id, organizer_id, created_at, event_id, version, state, seed, input_hash, request, tables, score, warnings, algorithm, took_ms, published_at) FROM stdin;
01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	1	published	7	dbdcd2e435531f323c1393929f3a076c7e107282361a6131eba73ec19a42f6bb	{"weights": null, "time_limit_ms": null}	[{"label": null, "round": 1, "table": 1, "theme": {"code": "hiking", "labels": {"en": "Hiking", "it": "Escursionismo"}}}, {"label": null, "round": 1, "table": 2, "theme": {"code": "photography", "labels": {"en": "Photography", "it": "Fotografia"}}}, {"label": null, "round": 2, "table": 1, "theme": {"code": "beekeeping", "labels": {"en": "Beekeeping", "it": "Apicoltura"}}}, {"label": null, "round": 2, "table": 2, "theme": {"code": "ceramics", "labels": {"en": "Ceramics", "it": "Ceramica"}}}]	{"bound": 11.46153844, "total": 6.69230767, "random": 1.70769229, "repeats": 4, "isolated": 0, "by_objective": {"repeat": -4.0, "wishes": 0.0, "novelty": 0.0, "passion": 10.69230767, "same_unit": 0.0, "offer_need": 0.0, "reluctance": 0.0}, "worst_seated": [{"code": "X8NCGKCY", "worth": 1.38461538}, {"code": "1MVBGQ51", "worth": 1.38461538}, {"code": "F5PP4WY3", "worth": 1.61538461}, {"code": "X2ZGNWB8", "worth": 1.61538461}, {"code": "CENSRWQ1", "worth": 1.61538461}]}	[]	annealing-1	14	2030-05-06 07:00:00+00
\.


--
-- Data for Name: prompts; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.prompts (id, organizer_id, created_at, event_id, registration_id, person_id, step, state, reason, due_at, first_due_at, sent_at, answered_at, content, answer, link_generation) FROM stdin;
01a20219-11fb-75ca-8142-5e10e5e3eeb6	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a3-7446-9d18-9fcc6d162344	01a20218-f6a0-75f2-a4c2-e4e58d54c8a7	F1	sent	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N	{"step": "F1", "draft": null, "guide": null, "action": {"text": "Scrivi una cosa che hai ascoltato e scegli fino a tre persone con cui restare in contatto.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "it", "recall": {"people": [{"code": "CENSRWQ1", "name": "Greta Orsini", "sittings": [{"round": 1, "table": 2, "theme": "Fotografia"}]}, {"code": "Z1VX6XK0", "name": "Elena Pace", "sittings": [{"round": 1, "table": 2, "theme": "Fotografia"}]}, {"code": "F36D5EB0", "name": "Ada Conti", "sittings": [{"round": 2, "table": 1, "theme": "Apicoltura"}]}, {"code": "YFB5P1MQ", "name": "Fabio Galli", "sittings": [{"round": 2, "table": 1, "theme": "Apicoltura"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "Giovedì 9 maggio, all’evento «Tavoli piccoli a maggio», hai condiviso il tavolo con Greta Orsini, Elena Pace, Ada Conti e Fabio Galli. Con Ada Conti e Fabio Galli condividi una passione: apicoltura. Speravi in questo: «Trovare compagni di laboratorio».", "subject": "Chi ti è rimasto in mente?", "reflection": "C’è stato spazio per ascoltare?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "beekeeping", "with": ["Ada Conti", "Fabio Galli"], "label": "Apicoltura"}, {"code": "ceramics", "with": ["Greta Orsini", "Elena Pace"], "label": "Ceramica"}], "offers_needs": []}}	\N	0
01a20219-11fb-75ca-8142-5e0f88197b0a	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f669-7309-a766-0d0184343533	01a20218-f65e-76a5-8770-b0d7fc764c6a	F1	sent	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N	{"step": "F1", "draft": null, "guide": null, "action": {"text": "Write one thing you heard, and choose up to three people you would like to keep in touch with.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "en", "recall": {"people": [{"code": "F36D5EB0", "name": "Ada Conti", "sittings": [{"round": 1, "table": 1, "theme": "Hiking"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 1, "table": 1, "theme": "Hiking"}, {"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "YFB5P1MQ", "name": "Fabio Galli", "sittings": [{"round": 1, "table": 1, "theme": "Hiking"}]}, {"code": "CENSRWQ1", "name": "Greta Orsini", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "Z1VX6XK0", "name": "Elena Pace", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "On Thursday 9 May, at Small tables in May, you shared a table with Ada Conti, Dario Villa, Fabio Galli, Greta Orsini and Elena Pace. You have a passion in common with Ada Conti, Dario Villa and Fabio Galli: hiking. You hoped for: “One good conversation”.", "subject": "Who stayed in your mind?", "reflection": "Was there room to listen?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "hiking", "with": ["Ada Conti", "Dario Villa", "Fabio Galli"], "label": "Hiking"}, {"code": "ceramics", "with": ["Greta Orsini", "Elena Pace"], "label": "Ceramics"}], "offers_needs": []}}	\N	0
01a20219-11fb-75ca-8142-5e1437a1591e	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f761-707c-8c7f-4271662ffbbc	01a20218-f75c-71e2-bf52-89e45c9b2ee1	F1	sent	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N	{"step": "F1", "draft": null, "guide": null, "action": {"text": "Write one thing you heard, and choose up to three people you would like to keep in touch with.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "en", "recall": {"people": [{"code": "X8NCGKCY", "name": "Chiara Neri", "sittings": [{"round": 1, "table": 2, "theme": "Photography"}]}, {"code": "Z1VX6XK0", "name": "Elena Pace", "sittings": [{"round": 1, "table": 2, "theme": "Photography"}, {"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "On Thursday 9 May, at Small tables in May, you shared a table with Chiara Neri, Elena Pace, Bo Lind and Dario Villa. You have a passion in common with Chiara Neri, Elena Pace and Bo Lind: ceramics. You hoped for: “To listen for once”.", "subject": "Who stayed in your mind?", "reflection": "Was there room to listen?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "ceramics", "with": ["Chiara Neri", "Elena Pace", "Bo Lind"], "label": "Ceramics"}, {"code": "photography", "with": ["Elena Pace", "Dario Villa"], "label": "Photography"}], "offers_needs": []}}	\N	0
01a20219-11fb-75ca-8142-5e0ee1e46cc4	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f60d-7414-ab05-d3dccfcb46b9	01a20218-f604-7202-8f94-d14ef56114d2	F1	sent	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N	{"step": "F1", "draft": null, "guide": null, "action": {"text": "Scrivi una cosa che hai ascoltato e scegli fino a tre persone con cui restare in contatto.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "it", "recall": {"people": [{"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "YFB5P1MQ", "name": "Fabio Galli", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}, {"round": 2, "table": 1, "theme": "Apicoltura"}]}, {"code": "X8NCGKCY", "name": "Chiara Neri", "sittings": [{"round": 2, "table": 1, "theme": "Apicoltura"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "Giovedì 9 maggio, all’evento «Tavoli piccoli a maggio», hai condiviso il tavolo con Bo Lind, Dario Villa, Fabio Galli e Chiara Neri. Con Bo Lind, Dario Villa e Fabio Galli condividi una passione: escursionismo. Speravi in questo: «Una bella conversazione».", "subject": "Chi ti è rimasto in mente?", "reflection": "C’è stato spazio per ascoltare?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "hiking", "with": ["Bo Lind", "Dario Villa", "Fabio Galli"], "label": "Escursionismo"}, {"code": "beekeeping", "with": ["Fabio Galli", "Chiara Neri"], "label": "Apicoltura"}], "offers_needs": []}}	\N	0
01a20219-11fb-75ca-8142-5e130a133673	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f71a-737b-95d4-96f99959fc4d	01a20218-f714-70ad-8de8-26b4466693e5	F1	sent	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N	{"step": "F1", "draft": null, "guide": null, "action": {"text": "Scrivi una cosa che hai ascoltato e scegli fino a tre persone con cui restare in contatto.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "it", "recall": {"people": [{"code": "F36D5EB0", "name": "Ada Conti", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}, {"round": 2, "table": 1, "theme": "Apicoltura"}]}, {"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "X8NCGKCY", "name": "Chiara Neri", "sittings": [{"round": 2, "table": 1, "theme": "Apicoltura"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "Giovedì 9 maggio, all’evento «Tavoli piccoli a maggio», hai condiviso il tavolo con Ada Conti, Bo Lind, Dario Villa e Chiara Neri. Con Ada Conti, Bo Lind e Dario Villa condividi una passione: escursionismo. Speravi in questo: «Parlare di api».", "subject": "Chi ti è rimasto in mente?", "reflection": "C’è stato spazio per ascoltare?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "hiking", "with": ["Ada Conti", "Bo Lind", "Dario Villa"], "label": "Escursionismo"}, {"code": "beekeeping", "with": ["Ada Conti", "Chiara Neri"], "label": "Apicoltura"}], "offers_needs": []}}	\N	0
01a20219-11fb-75ca-8142-5e121251da54	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6e4-74a8-8d71-3322e5e6706e	01a20218-f6e0-7667-b8fd-89e94aae4d35	F1	acted	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	{"step": "F1", "draft": null, "guide": null, "action": {"text": "Write one thing you heard, and choose up to three people you would like to keep in touch with.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "en", "recall": {"people": [{"code": "CENSRWQ1", "name": "Greta Orsini", "sittings": [{"round": 1, "table": 2, "theme": "Photography"}, {"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "X8NCGKCY", "name": "Chiara Neri", "sittings": [{"round": 1, "table": 2, "theme": "Photography"}]}, {"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}, {"code": "X2ZGNWB8", "name": "Dario Villa", "sittings": [{"round": 2, "table": 2, "theme": "Ceramics"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "On Thursday 9 May, at Small tables in May, you shared a table with Greta Orsini, Chiara Neri, Bo Lind and Dario Villa. You have a passion in common with Greta Orsini, Chiara Neri and Bo Lind: ceramics. You hoped for: “People who make things”.", "subject": "Who stayed in your mind?", "reflection": "Was there room to listen?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "ceramics", "with": ["Greta Orsini", "Chiara Neri", "Bo Lind"], "label": "Ceramics"}, {"code": "photography", "with": ["Greta Orsini", "Dario Villa"], "label": "Photography"}], "offers_needs": []}}	{"keep": ["F5PP4WY3"], "choice": "done", "exchange": null, "feedback": {"heard": null, "listened": "yes", "continued": null}}	0
01a20219-11fb-75ca-8142-5e1194276446	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-09 19:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6ce-758c-b6c3-cac5a0018241	01a20218-f6cd-74b7-8588-6bff407c6b0a	F1	sent	\N	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	2030-05-10 08:00:00+00	\N	{"step": "F1", "draft": null, "guide": null, "action": {"text": "Scrivi una cosa che hai ascoltato e scegli fino a tre persone con cui restare in contatto.", "type": "touch_note"}, "inputs": ["reader_name", "tablemate_name", "shared_passion", "where_and_when", "intention"], "locale": "it", "recall": {"people": [{"code": "F36D5EB0", "name": "Ada Conti", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "F5PP4WY3", "name": "Bo Lind", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}, {"round": 2, "table": 2, "theme": "Ceramica"}]}, {"code": "YFB5P1MQ", "name": "Fabio Galli", "sittings": [{"round": 1, "table": 1, "theme": "Escursionismo"}]}, {"code": "CENSRWQ1", "name": "Greta Orsini", "sittings": [{"round": 2, "table": 2, "theme": "Ceramica"}]}, {"code": "Z1VX6XK0", "name": "Elena Pace", "sittings": [{"round": 2, "table": 2, "theme": "Ceramica"}]}]}, "choices": ["done", "not_now", "pause", "stop"], "opening": "Giovedì 9 maggio, all’evento «Tavoli piccoli a maggio», hai condiviso il tavolo con Ada Conti, Bo Lind, Fabio Galli, Greta Orsini ed Elena Pace. Con Ada Conti, Bo Lind e Fabio Galli condividi una passione: escursionismo. Speravi in questo: «Qualcuno con cui camminare».", "subject": "Chi ti è rimasto in mente?", "reflection": "C’è stato spazio per ascoltare?", "locked_asks": [], "alternatives": [], "common_ground": {"passions": [{"code": "hiking", "with": ["Ada Conti", "Bo Lind", "Fabio Galli"], "label": "Escursionismo"}, {"code": "photography", "with": ["Greta Orsini", "Elena Pace"], "label": "Fotografia"}], "offers_needs": []}}	\N	0
\.


--
-- Data for Name: registrations; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.registrations (id, organizer_id, created_at, event_id, person_id, code, state, name, profile, intention, wishes, accessibility, answers, locale, timezone, follow_up, "position", pending_until, confirmed_at, checked_in_at, method_ack_at, mailed_at, link_generation, version) FROM stdin;
01a20218-f669-7309-a766-0d0184343533	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f65e-76a5-8770-b0d7fc764c6a	F5PP4WY3	attended	Bo Lind	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "hiking"}, {"level": 2, "passion": "ceramics"}], "languages": [], "visibility": {}, "working_on": null}	One good conversation	{"with": [], "apart": []}	\N	{}	en	\N	t	\N	\N	2030-05-06 07:00:00+00	2030-05-09 16:00:00+00	\N	2030-05-06 07:00:00+00	0	5
01a20218-f6a3-7446-9d18-9fcc6d162344	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6a0-75f2-a4c2-e4e58d54c8a7	X8NCGKCY	attended	Chiara Neri	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "beekeeping"}, {"level": 2, "passion": "ceramics"}], "languages": [], "visibility": {}, "working_on": null}	Trovare compagni di laboratorio	{"with": [], "apart": []}	\N	{}	it	\N	t	\N	\N	2030-05-06 07:00:00+00	2030-05-09 16:00:00+00	\N	2030-05-06 07:00:00+00	0	5
01a20218-f7e9-719a-b45a-bf7f1ce904db	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f7e5-766e-a375-08948e86793e	1MVBGQ51	no_show	Hugo Marini	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "photography"}, {"level": 2, "passion": "beekeeping"}], "languages": [], "visibility": {}, "working_on": null}	New faces	{"with": [], "apart": []}	\N	{}	en	\N	t	\N	\N	2030-05-06 07:00:00+00	\N	\N	2030-05-06 07:00:00+00	0	4
01a20218-f6ce-758c-b6c3-cac5a0018241	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6cd-74b7-8588-6bff407c6b0a	X2ZGNWB8	attended	Dario Villa	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "hiking"}, {"level": 2, "passion": "photography"}], "languages": [], "visibility": {}, "working_on": null}	Qualcuno con cui camminare	{"with": [], "apart": []}	\N	{}	it	\N	t	\N	\N	2030-05-06 07:00:00+00	2030-05-09 16:00:00+00	\N	2030-05-06 07:00:00+00	0	5
01a20218-f60d-7414-ab05-d3dccfcb46b9	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f604-7202-8f94-d14ef56114d2	F36D5EB0	attended	Ada Conti	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "hiking"}, {"level": 2, "passion": "beekeeping"}], "languages": [], "visibility": {}, "working_on": null}	Una bella conversazione	{"with": [], "apart": []}	\N	{}	it	\N	t	\N	\N	2030-05-06 07:00:00+00	2030-05-09 16:00:00+00	\N	2030-05-06 07:00:00+00	0	5
01a20218-f6e4-74a8-8d71-3322e5e6706e	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f6e0-7667-b8fd-89e94aae4d35	Z1VX6XK0	attended	Elena Pace	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "photography"}, {"level": 2, "passion": "ceramics"}], "languages": [], "visibility": {}, "working_on": null}	People who make things	{"with": [], "apart": []}	\N	{}	en	\N	t	\N	\N	2030-05-06 07:00:00+00	2030-05-09 16:00:00+00	\N	2030-05-06 07:00:00+00	0	5
01a20218-f71a-737b-95d4-96f99959fc4d	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f714-70ad-8de8-26b4466693e5	YFB5P1MQ	attended	Fabio Galli	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "beekeeping"}, {"level": 2, "passion": "hiking"}], "languages": [], "visibility": {}, "working_on": null}	Parlare di api	{"with": [], "apart": []}	\N	{}	it	\N	t	\N	\N	2030-05-06 07:00:00+00	2030-05-09 16:00:00+00	\N	2030-05-06 07:00:00+00	0	5
01a20218-f761-707c-8c7f-4271662ffbbc	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	01a20218-f75c-71e2-bf52-89e45c9b2ee1	CENSRWQ1	attended	Greta Orsini	{"unit": null, "needs": [], "offers": [], "headline": null, "passions": [{"level": 3, "passion": "ceramics"}, {"level": 2, "passion": "photography"}], "languages": [], "visibility": {}, "working_on": null}	To listen for once	{"with": [], "apart": []}	\N	{}	en	\N	t	\N	\N	2030-05-06 07:00:00+00	2030-05-09 16:00:00+00	\N	2030-05-06 07:00:00+00	0	5
\.


--
-- Data for Name: rounds; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.rounds (id, organizer_id, created_at, event_id, number, minutes, break_minutes, starts_at, state, started_at, finishes_by, finished_at, plan_id) FROM stdin;
01a20218-f315-73a4-aa0b-d42edf6ae76c	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	1	30	10	\N	done	2030-05-09 16:00:00+00	2030-05-09 16:45:00+00	2030-05-09 16:00:00+00	01a20218-fc7e-71c9-9615-541609e6aae7
01a20218-f315-73a4-aa0b-d42f481b6445	01a20218-f126-73eb-906c-0107b353b4c1	2030-05-06 07:00:00+00	01a20218-f1a5-7326-a674-601b2b2d5f9f	2	30	0	\N	done	2030-05-09 16:00:00+00	2030-05-09 16:45:00+00	2030-05-09 16:00:00+00	01a20218-fc7e-71c9-9615-541609e6aae7
\.


--
-- Data for Name: rules; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.rules (id, organizer_id, created_at, event_id, kind, hard, weight, members, attribute, "table", k) FROM stdin;
\.


--
-- Data for Name: seaql_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.seaql_migrations (version, applied_at) FROM stdin;
m20261122_000001_organizers	1795331517
m20261122_000002_people_and_events	1795331518
m20261122_000003_seating	1795331518
m20261122_000004_follow_up	1795331518
m20261122_000005_outbox_and_jobs	1795331518
\.


--
-- Data for Name: seats; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.seats (organizer_id, plan_id, registration_id, round, "table", locked, why) FROM stdin;
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f60d-7414-ab05-d3dccfcb46b9	1	1	f	{"gets": [], "gives": [], "shared": [{"with": ["F5PP4WY3", "X2ZGNWB8", "YFB5P1MQ"], "passion": "hiking"}, {"with": ["YFB5P1MQ"], "passion": "beekeeping"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f669-7309-a766-0d0184343533	1	1	f	{"gets": [], "gives": [], "shared": [{"with": ["F36D5EB0", "X2ZGNWB8", "YFB5P1MQ"], "passion": "hiking"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f6ce-758c-b6c3-cac5a0018241	1	1	f	{"gets": [], "gives": [], "shared": [{"with": ["F36D5EB0", "F5PP4WY3", "YFB5P1MQ"], "passion": "hiking"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f71a-737b-95d4-96f99959fc4d	1	1	f	{"gets": [], "gives": [], "shared": [{"with": ["F36D5EB0", "F5PP4WY3", "X2ZGNWB8"], "passion": "hiking"}, {"with": ["F36D5EB0"], "passion": "beekeeping"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f6a3-7446-9d18-9fcc6d162344	1	2	f	{"gets": [], "gives": [], "shared": [{"with": ["Z1VX6XK0", "CENSRWQ1"], "passion": "ceramics"}, {"with": ["1MVBGQ51"], "passion": "beekeeping"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f6e4-74a8-8d71-3322e5e6706e	1	2	f	{"gets": [], "gives": [], "shared": [{"with": ["CENSRWQ1", "1MVBGQ51"], "passion": "photography"}, {"with": ["X8NCGKCY", "CENSRWQ1"], "passion": "ceramics"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f761-707c-8c7f-4271662ffbbc	1	2	f	{"gets": [], "gives": [], "shared": [{"with": ["X8NCGKCY", "Z1VX6XK0"], "passion": "ceramics"}, {"with": ["Z1VX6XK0", "1MVBGQ51"], "passion": "photography"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f7e9-719a-b45a-bf7f1ce904db	1	2	f	{"gets": [], "gives": [], "shared": [{"with": ["Z1VX6XK0", "CENSRWQ1"], "passion": "photography"}, {"with": ["X8NCGKCY"], "passion": "beekeeping"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f60d-7414-ab05-d3dccfcb46b9	2	1	f	{"gets": [], "gives": [], "shared": [{"with": ["X8NCGKCY", "YFB5P1MQ", "1MVBGQ51"], "passion": "beekeeping"}, {"with": ["YFB5P1MQ"], "passion": "hiking"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f6a3-7446-9d18-9fcc6d162344	2	1	f	{"gets": [], "gives": [], "shared": [{"with": ["F36D5EB0", "YFB5P1MQ", "1MVBGQ51"], "passion": "beekeeping"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f71a-737b-95d4-96f99959fc4d	2	1	f	{"gets": [], "gives": [], "shared": [{"with": ["F36D5EB0", "X8NCGKCY", "1MVBGQ51"], "passion": "beekeeping"}, {"with": ["F36D5EB0"], "passion": "hiking"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f7e9-719a-b45a-bf7f1ce904db	2	1	f	{"gets": [], "gives": [], "shared": [{"with": ["F36D5EB0", "X8NCGKCY", "YFB5P1MQ"], "passion": "beekeeping"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f669-7309-a766-0d0184343533	2	2	f	{"gets": [], "gives": [], "shared": [{"with": ["Z1VX6XK0", "CENSRWQ1"], "passion": "ceramics"}, {"with": ["X2ZGNWB8"], "passion": "hiking"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f6ce-758c-b6c3-cac5a0018241	2	2	f	{"gets": [], "gives": [], "shared": [{"with": ["Z1VX6XK0", "CENSRWQ1"], "passion": "photography"}, {"with": ["F5PP4WY3"], "passion": "hiking"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f6e4-74a8-8d71-3322e5e6706e	2	2	f	{"gets": [], "gives": [], "shared": [{"with": ["X2ZGNWB8", "CENSRWQ1"], "passion": "photography"}, {"with": ["F5PP4WY3", "CENSRWQ1"], "passion": "ceramics"}]}
01a20218-f126-73eb-906c-0107b353b4c1	01a20218-fc7e-71c9-9615-541609e6aae7	01a20218-f761-707c-8c7f-4271662ffbbc	2	2	f	{"gets": [], "gives": [], "shared": [{"with": ["F5PP4WY3", "Z1VX6XK0"], "passion": "ceramics"}, {"with": ["X2ZGNWB8", "Z1VX6XK0"], "passion": "photography"}]}
\.


--
-- Data for Name: settings; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.settings (key, value) FROM stdin;
sandbox_clock	"2030-05-10T08:00:00Z"
\.


--
-- Data for Name: suppressions; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.suppressions (id, organizer_id, created_at, email_normal, reason) FROM stdin;
\.


--
-- Data for Name: tokens; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.tokens (id, organizer_id, created_at, member_id, label, role, hash, expires_at) FROM stdin;
01a20218-f12d-7770-8efe-836ed7f6fec9	01a20218-f126-73eb-906c-0107b353b4c1	2026-11-22 07:11:58.211336+00	\N	made with the organizer	owner	c2787b3ceb7e678aa9b985e7b709d4efcd0d896743f50201de85ffdd5bea7c5f	\N
\.


--
-- Name: checkins checkins_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkins
    ADD CONSTRAINT checkins_pkey PRIMARY KEY (id);


--
-- Name: connections connections_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_pkey PRIMARY KEY (id);


--
-- Name: encounters encounters_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.encounters
    ADD CONSTRAINT encounters_pkey PRIMARY KEY (id);


--
-- Name: enrollments enrollments_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT enrollments_pkey PRIMARY KEY (id);


--
-- Name: enrollments enrollments_registration_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT enrollments_registration_id_key UNIQUE (registration_id);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);


--
-- Name: jobs jobs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);


--
-- Name: logins logins_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.logins
    ADD CONSTRAINT logins_pkey PRIMARY KEY (id);


--
-- Name: members members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);


--
-- Name: messages messages_dedup_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_dedup_key_key UNIQUE (dedup_key);


--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);


--
-- Name: notes notes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);


--
-- Name: organizers organizers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.organizers
    ADD CONSTRAINT organizers_pkey PRIMARY KEY (id);


--
-- Name: organizers organizers_slug_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.organizers
    ADD CONSTRAINT organizers_slug_key UNIQUE (slug);


--
-- Name: people people_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);


--
-- Name: plans plans_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (id);


--
-- Name: prompts prompts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.prompts
    ADD CONSTRAINT prompts_pkey PRIMARY KEY (id);


--
-- Name: registrations registrations_code_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_code_key UNIQUE (code);


--
-- Name: registrations registrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_pkey PRIMARY KEY (id);


--
-- Name: rounds rounds_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rounds
    ADD CONSTRAINT rounds_pkey PRIMARY KEY (id);


--
-- Name: rules rules_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rules
    ADD CONSTRAINT rules_pkey PRIMARY KEY (id);


--
-- Name: seaql_migrations seaql_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);


--
-- Name: seats seats_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.seats
    ADD CONSTRAINT seats_pkey PRIMARY KEY (plan_id, registration_id, round);


--
-- Name: settings settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (key);


--
-- Name: suppressions suppressions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.suppressions
    ADD CONSTRAINT suppressions_pkey PRIMARY KEY (id);


--
-- Name: tokens tokens_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_hash_key UNIQUE (hash);


--
-- Name: tokens tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (id);


--
-- Name: checkins_event_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX checkins_event_id_id ON public.checkins USING btree (event_id, id);


--
-- Name: checkins_registration_id_nonce; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX checkins_registration_id_nonce ON public.checkins USING btree (registration_id, nonce);


--
-- Name: connections_owner_id_other_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX connections_owner_id_other_id ON public.connections USING btree (owner_id, other_id);


--
-- Name: encounters_one_id_other_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX encounters_one_id_other_id ON public.encounters USING btree (one_id, other_id);


--
-- Name: encounters_other_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX encounters_other_id ON public.encounters USING btree (other_id);


--
-- Name: enrollments_person_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX enrollments_person_id ON public.enrollments USING btree (person_id);


--
-- Name: events_organizer_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX events_organizer_id_id ON public.events USING btree (organizer_id, id);


--
-- Name: events_organizer_id_slug; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX events_organizer_id_slug ON public.events USING btree (organizer_id, slug);


--
-- Name: events_state_ends_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_state_ends_at ON public.events USING btree (state, ends_at);


--
-- Name: events_state_starts_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_state_starts_at ON public.events USING btree (state, starts_at);


--
-- Name: jobs_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX jobs_open ON public.jobs USING btree (id) WHERE ((state)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying])::text[]));


--
-- Name: members_email_normal; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX members_email_normal ON public.members USING btree (email_normal);


--
-- Name: members_organizer_id_email_normal; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX members_organizer_id_email_normal ON public.members USING btree (organizer_id, email_normal);


--
-- Name: members_organizer_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX members_organizer_id_id ON public.members USING btree (organizer_id, id);


--
-- Name: messages_event_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_event_id_id ON public.messages USING btree (event_id, id);


--
-- Name: messages_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_open ON public.messages USING btree (asked_for DESC, due_at) WHERE ((state)::text = ANY ((ARRAY['pending'::character varying, 'retry'::character varying, 'claimed'::character varying])::text[]));


--
-- Name: messages_prompt_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_prompt_id ON public.messages USING btree (prompt_id);


--
-- Name: messages_registration_id_kind; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX messages_registration_id_kind ON public.messages USING btree (registration_id, kind);


--
-- Name: notes_owner_id_about_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notes_owner_id_about_id ON public.notes USING btree (owner_id, about_id);


--
-- Name: notes_prompt_id_about_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX notes_prompt_id_about_id ON public.notes USING btree (prompt_id, about_id);


--
-- Name: people_email_normal; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX people_email_normal ON public.people USING btree (email_normal);


--
-- Name: people_organizer_id_email_normal; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX people_organizer_id_email_normal ON public.people USING btree (organizer_id, email_normal);


--
-- Name: people_organizer_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX people_organizer_id_id ON public.people USING btree (organizer_id, id);


--
-- Name: plans_event_id_version; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX plans_event_id_version ON public.plans USING btree (event_id, version);


--
-- Name: plans_organizer_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX plans_organizer_id_id ON public.plans USING btree (organizer_id, id);


--
-- Name: prompts_organizer_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX prompts_organizer_id_id ON public.prompts USING btree (organizer_id, id);


--
-- Name: prompts_person_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX prompts_person_id_id ON public.prompts USING btree (person_id, id);


--
-- Name: prompts_registration_id_step; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX prompts_registration_id_step ON public.prompts USING btree (registration_id, step);


--
-- Name: prompts_state_due_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX prompts_state_due_at ON public.prompts USING btree (state, due_at);


--
-- Name: registrations_event_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX registrations_event_id_id ON public.registrations USING btree (event_id, id);


--
-- Name: registrations_event_id_person_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX registrations_event_id_person_id ON public.registrations USING btree (event_id, person_id);


--
-- Name: registrations_event_id_state_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX registrations_event_id_state_id ON public.registrations USING btree (event_id, state, id);


--
-- Name: registrations_event_id_state_position; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX registrations_event_id_state_position ON public.registrations USING btree (event_id, state, "position");


--
-- Name: registrations_organizer_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX registrations_organizer_id_id ON public.registrations USING btree (organizer_id, id);


--
-- Name: registrations_person_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX registrations_person_id ON public.registrations USING btree (person_id);


--
-- Name: registrations_state_pending_until; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX registrations_state_pending_until ON public.registrations USING btree (state, pending_until);


--
-- Name: rounds_event_id_number; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX rounds_event_id_number ON public.rounds USING btree (event_id, number);


--
-- Name: rounds_state_finishes_by; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX rounds_state_finishes_by ON public.rounds USING btree (state, finishes_by);


--
-- Name: rules_event_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX rules_event_id_id ON public.rules USING btree (event_id, id);


--
-- Name: seats_plan_id_round_table; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX seats_plan_id_round_table ON public.seats USING btree (plan_id, round, "table");


--
-- Name: seats_registration_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX seats_registration_id ON public.seats USING btree (registration_id);


--
-- Name: suppressions_organizer_id_email_normal; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX suppressions_organizer_id_email_normal ON public.suppressions USING btree (organizer_id, email_normal);


--
-- Name: tokens_organizer_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tokens_organizer_id_id ON public.tokens USING btree (organizer_id, id);


--
-- Name: checkins checkins_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkins
    ADD CONSTRAINT checkins_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: checkins checkins_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkins
    ADD CONSTRAINT checkins_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: checkins checkins_organizer_id_registration_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkins
    ADD CONSTRAINT checkins_organizer_id_registration_id_fkey FOREIGN KEY (organizer_id, registration_id) REFERENCES public.registrations(organizer_id, id);


--
-- Name: connections connections_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: connections connections_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: connections connections_organizer_id_other_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_organizer_id_other_id_fkey FOREIGN KEY (organizer_id, other_id) REFERENCES public.people(organizer_id, id);


--
-- Name: connections connections_organizer_id_owner_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_organizer_id_owner_id_fkey FOREIGN KEY (organizer_id, owner_id) REFERENCES public.people(organizer_id, id);


--
-- Name: encounters encounters_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.encounters
    ADD CONSTRAINT encounters_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: encounters encounters_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.encounters
    ADD CONSTRAINT encounters_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: encounters encounters_organizer_id_one_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.encounters
    ADD CONSTRAINT encounters_organizer_id_one_id_fkey FOREIGN KEY (organizer_id, one_id) REFERENCES public.registrations(organizer_id, id);


--
-- Name: encounters encounters_organizer_id_other_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.encounters
    ADD CONSTRAINT encounters_organizer_id_other_id_fkey FOREIGN KEY (organizer_id, other_id) REFERENCES public.registrations(organizer_id, id);


--
-- Name: enrollments enrollments_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT enrollments_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: enrollments enrollments_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT enrollments_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: enrollments enrollments_organizer_id_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT enrollments_organizer_id_person_id_fkey FOREIGN KEY (organizer_id, person_id) REFERENCES public.people(organizer_id, id);


--
-- Name: enrollments enrollments_organizer_id_registration_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT enrollments_organizer_id_registration_id_fkey FOREIGN KEY (organizer_id, registration_id) REFERENCES public.registrations(organizer_id, id);


--
-- Name: events events_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: jobs jobs_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: jobs jobs_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: jobs jobs_organizer_id_plan_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_organizer_id_plan_id_fkey FOREIGN KEY (organizer_id, plan_id) REFERENCES public.plans(organizer_id, id);


--
-- Name: logins logins_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.logins
    ADD CONSTRAINT logins_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: logins logins_organizer_id_member_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.logins
    ADD CONSTRAINT logins_organizer_id_member_id_fkey FOREIGN KEY (organizer_id, member_id) REFERENCES public.members(organizer_id, id);


--
-- Name: members members_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: messages messages_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: messages messages_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: messages messages_organizer_id_prompt_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_organizer_id_prompt_id_fkey FOREIGN KEY (organizer_id, prompt_id) REFERENCES public.prompts(organizer_id, id);


--
-- Name: messages messages_organizer_id_registration_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_organizer_id_registration_id_fkey FOREIGN KEY (organizer_id, registration_id) REFERENCES public.registrations(organizer_id, id);


--
-- Name: notes notes_organizer_id_about_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_organizer_id_about_id_fkey FOREIGN KEY (organizer_id, about_id) REFERENCES public.people(organizer_id, id);


--
-- Name: notes notes_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: notes notes_organizer_id_owner_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_organizer_id_owner_id_fkey FOREIGN KEY (organizer_id, owner_id) REFERENCES public.people(organizer_id, id);


--
-- Name: people people_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: plans plans_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: plans plans_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: prompts prompts_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.prompts
    ADD CONSTRAINT prompts_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: prompts prompts_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.prompts
    ADD CONSTRAINT prompts_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: prompts prompts_organizer_id_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.prompts
    ADD CONSTRAINT prompts_organizer_id_person_id_fkey FOREIGN KEY (organizer_id, person_id) REFERENCES public.people(organizer_id, id);


--
-- Name: prompts prompts_organizer_id_registration_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.prompts
    ADD CONSTRAINT prompts_organizer_id_registration_id_fkey FOREIGN KEY (organizer_id, registration_id) REFERENCES public.registrations(organizer_id, id);


--
-- Name: registrations registrations_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: registrations registrations_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: registrations registrations_organizer_id_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_organizer_id_person_id_fkey FOREIGN KEY (organizer_id, person_id) REFERENCES public.people(organizer_id, id);


--
-- Name: rounds rounds_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rounds
    ADD CONSTRAINT rounds_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: rounds rounds_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rounds
    ADD CONSTRAINT rounds_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: rules rules_organizer_id_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rules
    ADD CONSTRAINT rules_organizer_id_event_id_fkey FOREIGN KEY (organizer_id, event_id) REFERENCES public.events(organizer_id, id);


--
-- Name: rules rules_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rules
    ADD CONSTRAINT rules_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: seats seats_organizer_id_plan_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.seats
    ADD CONSTRAINT seats_organizer_id_plan_id_fkey FOREIGN KEY (organizer_id, plan_id) REFERENCES public.plans(organizer_id, id);


--
-- Name: seats seats_organizer_id_registration_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.seats
    ADD CONSTRAINT seats_organizer_id_registration_id_fkey FOREIGN KEY (organizer_id, registration_id) REFERENCES public.registrations(organizer_id, id);


--
-- Name: suppressions suppressions_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.suppressions
    ADD CONSTRAINT suppressions_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: tokens tokens_organizer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_organizer_id_fkey FOREIGN KEY (organizer_id) REFERENCES public.organizers(id);


--
-- Name: tokens tokens_organizer_id_member_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_organizer_id_member_id_fkey FOREIGN KEY (organizer_id, member_id) REFERENCES public.members(organizer_id, id);


--
-- PostgreSQL database dump complete
--


