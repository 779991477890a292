"""Accounts for people who are let in by their address: whoever proves it by a code by mail is that person."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from members.accounts.models import User


def invited_account(email: str) -> User:
    """
    Return the account of this address, made without a password when it is missing.

    The address counts as unproven until the code that was mailed to it has been typed in.
    """
    address = email.strip().lower()
    user = User.objects.filter(email__iexact=address).first() or _make(address)
    if not EmailAddress.objects.filter(user=user).exists():
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    return user


def _make(address: str) -> User:
    try:
        # Somebody else may be making it at this moment.
        with transaction.atomic():
            return User.objects.create_user(address)
    except IntegrityError:
        return User.objects.get(email__iexact=address)
