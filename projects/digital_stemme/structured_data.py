"""What search engines read of a listing: schema.org's JobPosting and RealEstateListing."""

from django.conf import settings
from django.utils import timezone

from projects.digital_stemme.models import Home, Vacancy
from projects.digital_stemme.models.choices import DwellingType, Engagement, Extent, Remote
from vekst.richtext import plain_text

_DWELLINGS = {
    DwellingType.APARTMENT: "Apartment",
    DwellingType.ROW_HOUSE: "House",
    DwellingType.SEMI_DETACHED: "House",
    DwellingType.DETACHED: "SingleFamilyResidence",
    DwellingType.ROOM: "Room",
    DwellingType.SHARED: "Room",
}
_EMPLOYMENT = {
    Engagement.SUBSTITUTE: "TEMPORARY",
    Engagement.TEMPORARY: "TEMPORARY",
    Engagement.PROJECT: "CONTRACTOR",
    Engagement.SEASON: "TEMPORARY",
    Engagement.SUMMER: "TEMPORARY",
    Engagement.APPRENTICE: "INTERN",
    Engagement.TRAINEE: "INTERN",
}


def of_vacancy(vacancy: Vacancy) -> dict[str, object]:
    """
    Return a JobPosting.

    Source: https://schema.org/JobPosting
    """
    kinds = []
    if vacancy.extent != Extent.UNSTATED:
        kinds.append("FULL_TIME" if vacancy.extent == Extent.FULL else "PART_TIME")
    if vacancy.engagement in _EMPLOYMENT:
        kinds.append(_EMPLOYMENT[Engagement(vacancy.engagement)])
    place = {
        "@type": "PostalAddress",
        "addressLocality": vacancy.municipality or settings.MUNICIPALITY_NAME,
        "addressCountry": "NO",
    }
    if vacancy.location:
        place["streetAddress"] = vacancy.location
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": vacancy.title,
        "description": vacancy.description,
        "datePosted": vacancy.published_at.isoformat() if vacancy.published_at else "",
        "validThrough": vacancy.expires_at.isoformat(),
        "hiringOrganization": {"@type": "Organization", "name": vacancy.employer_name},
        "jobLocation": {"@type": "Place", "address": place},
        "directApply": False,
        "url": settings.SITE_URL + vacancy.get_absolute_url(),
    }
    if kinds:
        data["employmentType"] = kinds
    if vacancy.position_count:
        data["totalJobOpenings"] = vacancy.position_count
    if vacancy.remote == Remote.YES:
        data["jobLocationType"] = "TELECOMMUTE"
    return data


def of_home(home: Home) -> dict[str, object]:
    """
    Return a RealEstateListing about a dwelling, with what it costs as an Offer.

    Source: https://schema.org/RealEstateListing
    """
    address = {"@type": "PostalAddress", "addressCountry": "NO"}
    address["addressLocality"] = (home.city or settings.MUNICIPALITY_NAME).title()
    if home.address:
        address["streetAddress"] = home.address
    if home.postal_code:
        address["postalCode"] = home.postal_code
    kind = _DWELLINGS.get(DwellingType(home.dwelling), "Accommodation")
    dwelling: dict[str, object] = {"@type": kind, "address": address}
    if home.area_m2:
        area = {"@type": "QuantitativeValue", "value": home.area_m2, "unitCode": "MTK"}
        dwelling["floorSize"] = area
    if home.bedrooms is not None:
        dwelling["numberOfBedrooms"] = home.bedrooms
    if home.lat is not None:
        point = {"@type": "GeoCoordinates", "latitude": home.lat, "longitude": home.lon}
        dwelling["geo"] = point
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "RealEstateListing",
        "name": home.title,
        "description": plain_text(home.description)[:500],
        "datePosted": timezone.localdate(home.published_at).isoformat()
        if home.published_at
        else "",
        "url": settings.SITE_URL + home.get_absolute_url(),
        "about": dwelling,
    }
    if home.amount_nok is not None:
        action = "LeaseOut" if home.is_for_rent else "Sell"
        data["offers"] = {
            "@type": "Offer",
            "price": home.amount_nok,
            "priceCurrency": "NOK",
            "businessFunction": f"http://purl.org/goodrelations/v1#{action}",
        }
    return data
