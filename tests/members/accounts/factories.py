import factory
from django.contrib.auth.models import Group

from members.accounts.models import Role, User


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.no")
    first_name = "Kari"
    last_name = factory.Sequence(lambda n: f"Nordmann {n}")

    @factory.post_generation
    def role(self: User, create: bool, extracted: Role | None, **kwargs: object) -> None:
        if extracted:
            self.groups.add(Group.objects.get(name=extracted.value))
            self.is_staff = True
            self.save(update_fields=["is_staff"])
