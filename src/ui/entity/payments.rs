//! Payments on the screen.

use strum::IntoEnumIterator;

use super::{
    contracts::Contracts,
    definition::{
        Begins, Begun, DetailPart, Entity, EntityForm, RecordDetail, Seen, columns_if, from_to, labelled, money,
        with_company,
    },
};
use crate::{
    domain::{
        Cents, ClientId, ContractId, Field, PaymentId,
        audit::Auditable,
        contracts::ContractRow,
        dates::{self, Direction},
        entity::{EntityKind, Record},
        lists::ColumnName as N,
        page::Sums,
        payments::{Method, PaymentDraft, PaymentFilter, PaymentRow, PaymentSort, PaymentView, Words},
        policy::Permission,
        users::Role,
    },
    services::{PaymentDetail, ReadRequest, Reply, WriteRequest, paper::Document},
    ui::{
        Context,
        form::{Choices, FieldKind, FormField, FormSpec, Purpose, Reader},
        keys::Command,
        text::{PaymentPhrase as P, Phrase},
        widgets::table::{Column, column},
    },
};

/// Payments.
pub struct Payments;

impl Entity for Payments {
    type Row = PaymentRow;
    type Filter = PaymentFilter;
    type Sort = PaymentSort;
    type View = PaymentView;

    const COLUMNS: &'static [(Phrase<'static>, Column)] = &[
        (Phrase::Payment(P::ColDay), column(N::Day, 10, 0, 0).sorts(0)),
        (Phrase::Payment(P::ColAmount), column(N::Amount, 11, 0, 2).sorts(1).right()),
        (Phrase::Payment(P::ColMethod), column(N::Method, 8, 0, 4).sorts(2)),
        (Phrase::ColClient, column(N::Client, 12, 3, 1).sorts(3)),
        (Phrase::Payment(P::ColContract), column(N::Contract, 8, 0, 5).sorts(4).right()),
        (Phrase::Payment(P::ColReference), column(N::Reference, 8, 2, 6).sorts(5)),
        (Phrase::Payment(P::ColState), column(N::Status, 9, 0, 3).sorts(6)),
    ];
    const COMMANDS: &'static [(Command, Permission, Begins<PaymentRow>)] = &[
        (Command::New, Permission::RecordPayment, Begins::New),
        (Command::Edit, Permission::RecordPayment, Begins::Edit),
        (Command::Archive, Permission::CancelPayment, Begins::One(cancel)),
        (Command::Print, Permission::SeeRecords, Begins::One(print)),
    ];
    const FORM: Option<EntityForm<PaymentRow>> = Some(EntityForm {
        new_title: Phrase::Payment(P::Record),
        edit_title: Phrase::Payment(P::Edit),
        new_fields: |contract, ctx| new_fields(contract.and_then(Contracts::row), ctx),
        edit_fields,
        create: |form| WriteRequest::RecordPayment {
            contract: ContractId::new(form.required_pick(Field::ContractId)),
            draft: draft(form),
        },
        update: |Seen { id, version }, form| {
            let words = Words { reference: form.text(Field::Reference), notes: form.text(Field::Notes) };
            WriteRequest::UpdatePayment { id: PaymentId::new(id), version, words }
        },
        set_once: &[Field::ContractId, Field::AmountCents, Field::PaidOn, Field::Method],
        // The amount follows from the instalments of the contract, which the form reads.
        suggests: |_, _| Vec::new(),
    });
    const CHILD: Option<EntityKind> = None;
    const HAS_CALENDAR: bool = false;

    fn row(record: &Record) -> Option<&PaymentRow> {
        if let Record::Payment(row) = record { Some(row) } else { None }
    }

    fn cells(row: &PaymentRow, ctx: &Context) -> Vec<String> {
        let payment = &row.payment;
        vec![
            dates::format_date(payment.paid_on),
            payment.amount_cents.format(ctx.language),
            ctx.say(P::Method(payment.method)),
            row.client.clone(),
            payment.contract_id.0.to_string(),
            payment.reference.clone(),
            payment.cancelled_at.map(|_| ctx.say(P::Cancelled)).unwrap_or_default(),
        ]
    }

    fn heading(row: &PaymentRow, ctx: &Context) -> String {
        let Cents(amount) = row.payment.amount_cents;
        let in_words = money(Cents(amount.abs()), ctx);
        ctx.say(P::Heading { refund: amount < 0, amount: &in_words, client: &row.client })
    }

    fn facts(row: &PaymentRow, ctx: &Context) -> Vec<(String, String)> {
        let contract = Contracts::found_name(row.payment.contract_id.0, &row.client, ctx);
        labelled(&row.payment.audited_fields(), &[(Field::ContractId, &contract)], ctx)
    }

    fn sort_title(sort: PaymentSort) -> Phrase<'static> {
        match sort {
            PaymentSort::PaidOn => Phrase::Payment(P::ColDay),
            PaymentSort::Amount => Phrase::Payment(P::ColAmount),
            PaymentSort::Method => Phrase::Payment(P::ColMethod),
            PaymentSort::Client => Phrase::ColClient,
            PaymentSort::Contract => Phrase::Payment(P::ColContract),
            PaymentSort::Reference => Phrase::Payment(P::ColReference),
            PaymentSort::State => Phrase::Payment(P::ColState),
        }
    }

    fn views(role: Role) -> &'static [(PaymentView, Phrase<'static>)] {
        use PaymentView as V;
        match role {
            Role::Sales => &[
                (V::All, Phrase::ViewAll),
                (V::Mine, Phrase::ViewMine),
                (V::Refunds, Phrase::Payment(P::ViewRefunds)),
                (V::Cancelled, Phrase::Payment(P::ViewCancelled)),
            ],
            Role::Management | Role::Support => &[
                (V::All, Phrase::ViewAll),
                (V::Refunds, Phrase::Payment(P::ViewRefunds)),
                (V::Cancelled, Phrase::Payment(P::ViewCancelled)),
            ],
        }
    }

    fn fixed(filter: &PaymentFilter, _role: Role) -> Vec<N> {
        use PaymentView as V;
        let state = match filter.view {
            V::Refunds | V::Cancelled => true,
            V::All | V::Mine => false,
        };
        let contract = filter.contract.is_some();
        let client = contract || filter.client.is_some();
        let method = filter.method.is_some();
        columns_if(&[(state, N::Status), (client, N::Client), (contract, N::Contract), (method, N::Method)])
    }

    fn filter_fields(filter: &PaymentFilter, ctx: &Context) -> Vec<FormField> {
        let [from, to] = from_to(EntityKind::Payment, (filter.from, filter.to), Direction::Past);
        let mut methods = vec![(String::new(), ctx.say(Phrase::Any))];
        methods.extend(Method::iter().map(|method| (method.to_string(), ctx.say(P::Method(method)))));
        let method = filter.method.map(|method| method.to_string()).unwrap_or_default();
        let client = filter.client.map(|id| id.0);
        vec![
            from,
            to,
            FormField::new(Field::Method, FieldKind::Choice(methods), &method),
            FormField::filter_by(Field::ClientId, Choices::Clients { own: false }, client, ctx),
        ]
    }

    fn filter_names(row: &PaymentRow) -> Vec<(Field, String)> {
        vec![(Field::ClientId, with_company(&row.client, &row.company))]
    }

    fn read_filter(filter: &mut PaymentFilter, form: &mut Reader) {
        (filter.from, filter.to) = form.days(Field::From, Field::To, Direction::Past);
        filter.method = form.choice(Field::Method);
        filter.client = form.picked(Field::ClientId).map(ClientId::new);
    }

    fn read(id: i64) -> Option<ReadRequest> {
        Some(ReadRequest::ViewPayment(PaymentId::new(id)))
    }

    fn detail(reply: &Reply) -> Option<RecordDetail> {
        let Reply::Payment(detail) = reply else { return None };
        let PaymentDetail { row, contract, history } = (**detail).clone();
        Some(RecordDetail {
            notes: row.payment.notes.clone(),
            record: row.into(),
            signed: None,
            parts: vec![
                DetailPart::single(Phrase::PartContract, contract.into()),
                DetailPart::new(Phrase::PartHistory, EntityKind::Audit, history),
            ],
        })
    }
}

/// Paid today, by the method that was used last. The amount is proposed once the instalments were read.
fn new_fields(contract: Option<&ContractRow>, ctx: &Context) -> Vec<FormField> {
    let contract = match contract {
        Some(row) => FormField::new(Field::ContractId, FieldKind::Fixed, &Contracts::picked_name(row, ctx))
            .picked(row.contract.id.0),
        None => FormField::new(Field::ContractId, FieldKind::Record(Choices::Payable), "").required(),
    };
    let amount = FormField::amount(Field::AmountCents, None, ctx.language).required();
    let methods = Method::CHOSEN.into_iter();
    vec![
        contract,
        FormField { hint: Some(Phrase::Payment(P::Refunds)), ..amount },
        FormField::day(Field::PaidOn, Some(ctx.now.date()), Direction::Past).required(),
        FormField {
            note: (ctx.method != Method::default()).then(|| ctx.say(P::AsLastTime)),
            ..FormField::choice(Field::Method, methods, |method| ctx.say(P::Method(*method)), &ctx.method)
        },
        FormField::line(Field::Reference, ""),
        FormField::notes(""),
    ]
}

fn draft(form: &mut Reader) -> PaymentDraft {
    PaymentDraft {
        amount_cents: form.amount(Field::AmountCents),
        paid_on: form.day(Field::PaidOn, Direction::Past).unwrap_or_default(),
        method: form.choice(Field::Method).unwrap_or_default(),
        reference: form.text(Field::Reference),
        notes: form.text(Field::Notes),
    }
}

/// What is known of a payment and cannot be edited.
fn fixed_fields(row: &PaymentRow, ctx: &Context) -> [FormField; 3] {
    let fixed = |field, text: &str| FormField::new(field, FieldKind::Fixed, text);
    [
        fixed(Field::ContractId, &Contracts::found_name(row.payment.contract_id.0, &row.client, ctx)),
        fixed(Field::AmountCents, &money(row.payment.amount_cents, ctx)),
        fixed(Field::PaidOn, &dates::spell_date(row.payment.paid_on, ctx.language)),
    ]
}

fn edit_fields(row: &PaymentRow, ctx: &Context) -> Vec<FormField> {
    let mut fields = fixed_fields(row, ctx).to_vec();
    fields.push(FormField::line(Field::Reference, &row.payment.reference));
    fields.push(FormField::notes(&row.payment.notes));
    fields
}

/// Asks for the reason; what is cancelled stands above it.
fn cancel(row: &PaymentRow, ctx: &Context) -> Begun {
    let mut fields = fixed_fields(row, ctx).to_vec();
    fields.push(FormField::line(Field::CancelReason, "").required());
    let purpose = Purpose::CancelPayment(row.payment.id);
    Begun::Form(FormSpec { purpose, version: row.payment.version, fields })
}

/// The request of that form.
pub fn read_cancellation(id: PaymentId, version: i32, form: &mut Reader) -> WriteRequest {
    WriteRequest::CancelPayment { id, version, reason: form.text(Field::CancelReason) }
}

fn print(row: &PaymentRow, _ctx: &Context) -> Begun {
    Begun::Print(Document::Receipt(row.payment.id))
}

/// Asks which document is meant where a payment is selected on the screen of its contract.
pub fn print_beside_contract(row: &PaymentRow, ctx: &Context) -> Begun {
    let options = [P::PrintReceipt, P::PrintStatement(row.payment.contract_id.0)];
    Begun::Choose {
        title: ctx.say(P::Print),
        about: Some(Payments::heading(row, ctx)),
        options: options.map(|option| ctx.say(option)).to_vec(),
        at: 0,
        record: Box::new(row.clone().into()),
        then: |record, option, _| {
            let payment = &Payments::row(record)?.payment;
            let documents = [Document::Receipt(payment.id), Document::Statement(payment.contract_id)];
            documents.get(option).copied().map(Begun::Print)
        },
    }
}

/// What so many payments amount to.
pub fn sums_in_words(count: i64, sums: Sums, ctx: &Context) -> String {
    let Sums::Payments { paid, cancelled } = sums else { return String::new() };
    let refund = paid.0 < 0;
    let [paid, cancelled_words] = [Cents(paid.0.abs()), cancelled].map(|amount| money(amount, ctx));
    let cancelled = (cancelled.0 != 0).then_some(cancelled_words.as_str());
    ctx.say(P::Sums { count, refund, paid: &paid, cancelled })
}
