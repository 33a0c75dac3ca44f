//! Loads the records that a write changes. The row is locked first and the right checked second, so
//! that the result of the check stays true until the end of the transaction. No other file may call
//! a `find_for_update` of the storage layer.

use crate::{
    domain::{
        ClientId, ContractId, Error, EventId, ImportId, PaymentId, PlanId, Reason, UserId, ViewId,
        audit::{Auditable, Verb},
        clients::Client,
        contracts::Contract,
        events::Event,
        imports::Import,
        lists::SavedView,
        payments::Payment,
        plans::Plan,
        policy::{Owner, Permission},
        users::{Role, User},
    },
    services::context::{RequestContext, ServiceError},
    storage::{self, Db, DbError, ForUpdate, contracts::WithClient, payments::WithContract},
};

/// A record that can be loaded to be written to.
pub trait Writable: Sized {
    type Id: Copy;
    /// The record with its row locked, together with the locked rows that determine its owner.
    type Locked;

    fn find_for_update(db: &mut Db, id: Self::Id) -> Result<Option<Self::Locked>, DbError>;
    fn owner(locked: &Self::Locked) -> Owner;
    /// Why the record's state forbids an action that needs this permission.
    fn forbids(locked: &Self::Locked, permission: Permission) -> Option<Reason>;
}

/// Locks a record and returns it if the request's permission reaches it and its state allows the
/// action.
///
/// Errors: `NotFound`; `Denied`.
pub fn load<R: Writable>(db: &mut Db, ctx: &RequestContext, id: R::Id) -> Result<R::Locked, ServiceError> {
    let locked = R::find_for_update(db, id)?.ok_or(Error::NotFound)?;
    ctx.check(R::owner(&locked), |permission| R::forbids(&locked, permission))?;
    Ok(locked)
}

/// Locks the row of the user who is to own records, so that they stay active until the end of the
/// transaction, and returns their full name.
///
/// Errors: `Denied` with the user's name if they are not active or not in this role.
pub(super) fn new_owner(db: &mut Db, id: UserId, role: Role) -> Result<String, ServiceError> {
    if let Some(name) = storage::users::lock_active(db, id, role)? {
        return Ok(name);
    }
    let name = storage::users::find(db, id)?.map(|user| user.full_name).unwrap_or_default();
    Err(Reason::NotActive { name, role }.into())
}

/// A record that may not be given away. It cannot be written to, but its name can be reported.
pub(super) struct Refused<R> {
    pub record: R,
    pub why: Error,
}

/// The same as [`load`] for a record whose new owner will be `to`, with one exception: if the last
/// change of the record is that this session gave it away (`verb`), the user may take it back.
pub(super) fn load_to_give<R>(
    db: &mut Db,
    ctx: &RequestContext,
    id: R::Id,
    (verb, to): (Verb, Option<UserId>),
) -> Result<Result<ForUpdate<R>, Refused<R>>, ServiceError>
where
    R: Writable<Locked = ForUpdate<R>> + Auditable,
{
    let locked = R::find_for_update(db, id)?.ok_or(Error::NotFound)?;
    let takes_back = ctx.takes_back(db, &*locked, verb, to)?;
    let owner = if takes_back { Owner::Nobody } else { R::owner(&locked) };
    Ok(match ctx.check(owner, |permission| R::forbids(&locked, permission)) {
        Ok(()) => Ok(locked),
        Err(why) => Err(Refused { record: locked.unlocked(), why }),
    })
}

/// Locks a client that was merged, whose state forbids everything else, and returns it if the request's permission
/// reaches it.
pub(super) fn load_merged(db: &mut Db, ctx: &RequestContext, id: ClientId) -> Result<ForUpdate<Client>, ServiceError> {
    let locked = Client::find_for_update(db, id)?.ok_or(Error::NotFound)?;
    ctx.check(locked.owner(), |_| None)?;
    Ok(locked)
}

/// Locks the contract of an event whose own row is locked, since its instalments may follow the event.
/// Whoever may change the event need not have a right to the contract.
pub(super) fn contract_of(db: &mut Db, event: &Event) -> Result<Contract, ServiceError> {
    Ok(storage::contracts::lock(db, event.contract_id)?.ok_or(Error::NotFound)?)
}

impl Writable for Client {
    type Id = ClientId;
    type Locked = ForUpdate<Self>;

    fn find_for_update(db: &mut Db, id: ClientId) -> Result<Option<Self::Locked>, DbError> {
        storage::clients::find_for_update(db, id)
    }

    fn owner(locked: &Self::Locked) -> Owner {
        locked.owner()
    }

    fn forbids(locked: &Self::Locked, permission: Permission) -> Option<Reason> {
        Self::forbids(locked, permission)
    }
}

impl Writable for Contract {
    type Id = ContractId;
    type Locked = WithClient;

    fn find_for_update(db: &mut Db, id: ContractId) -> Result<Option<Self::Locked>, DbError> {
        storage::contracts::find_for_update(db, id)
    }

    fn owner((_, client): &Self::Locked) -> Owner {
        client.owner()
    }

    fn forbids((contract, _): &Self::Locked, permission: Permission) -> Option<Reason> {
        Self::forbids(contract, permission)
    }
}

impl Writable for Event {
    type Id = EventId;
    type Locked = ForUpdate<Self>;

    fn find_for_update(db: &mut Db, id: EventId) -> Result<Option<Self::Locked>, DbError> {
        storage::events::find_for_update(db, id)
    }

    fn owner(locked: &Self::Locked) -> Owner {
        locked.owner()
    }

    fn forbids(locked: &Self::Locked, permission: Permission) -> Option<Reason> {
        Self::forbids(locked, permission)
    }
}

impl Writable for Payment {
    type Id = PaymentId;
    type Locked = WithContract;

    fn find_for_update(db: &mut Db, id: PaymentId) -> Result<Option<Self::Locked>, DbError> {
        storage::payments::find_for_update(db, id)
    }

    fn owner((.., client): &Self::Locked) -> Owner {
        client.owner()
    }

    fn forbids((payment, contract, _): &Self::Locked, permission: Permission) -> Option<Reason> {
        payment.forbids(permission, contract.archived_at)
    }
}

/// Whose view it is and whether it is shared determines who may write to it; `write::lists` checks
/// that.
impl Writable for SavedView {
    type Id = ViewId;
    type Locked = ForUpdate<Self>;

    fn find_for_update(db: &mut Db, id: ViewId) -> Result<Option<Self::Locked>, DbError> {
        storage::lists::find_for_update(db, id)
    }

    fn owner(_: &Self::Locked) -> Owner {
        Owner::Nobody
    }

    fn forbids(_: &Self::Locked, _: Permission) -> Option<Reason> {
        None
    }
}

/// Whoever may import may take any import back, once.
impl Writable for Import {
    type Id = ImportId;
    type Locked = ForUpdate<Self>;

    fn find_for_update(db: &mut Db, id: ImportId) -> Result<Option<Self::Locked>, DbError> {
        storage::imports::find_for_update(db, id)
    }

    fn owner(_: &Self::Locked) -> Owner {
        Owner::Nobody
    }

    fn forbids(locked: &Self::Locked, _: Permission) -> Option<Reason> {
        locked.reverted_at.map(|_| Reason::AlreadyReverted)
    }
}

/// Whether a plan can be changed does not depend on it alone.
impl Writable for Plan {
    type Id = PlanId;
    type Locked = ForUpdate<Self>;

    fn find_for_update(db: &mut Db, id: PlanId) -> Result<Option<Self::Locked>, DbError> {
        storage::plans::find_for_update(db, id)
    }

    fn owner(_: &Self::Locked) -> Owner {
        Owner::Nobody
    }

    fn forbids(_: &Self::Locked, _: Permission) -> Option<Reason> {
        None
    }
}

/// Editing, activating, deactivating and resetting a password need the same permission, so the state
/// of the user is checked by each of these actions and not here.
impl Writable for User {
    type Id = UserId;
    type Locked = ForUpdate<Self>;

    fn find_for_update(db: &mut Db, id: UserId) -> Result<Option<Self::Locked>, DbError> {
        storage::users::find_for_update(db, id)
    }

    fn owner(_: &Self::Locked) -> Owner {
        Owner::Nobody
    }

    fn forbids(_: &Self::Locked, _: Permission) -> Option<Reason> {
        None
    }
}
