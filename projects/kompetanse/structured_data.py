"""Study programmes as schema.org describes them, for search engines."""

from django.conf import settings
from django.utils.safestring import SafeString

from projects.kompetanse.models import Level, StudyForm, StudyProgramme
from vekst.structured_data import json_ld

_MODES = {
    StudyForm.CAMPUS: "onsite",
    StudyForm.GATHERINGS: "blended",
    StudyForm.ONLINE: "online",
    StudyForm.WORK: "blended",
}


def programme_data(programme: StudyProgramme) -> SafeString:
    """Return the content of a script element: a Course, or an EducationalOccupationalProgram for degrees."""
    is_course = programme.level in (Level.COURSE, Level.FURTHER)
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Course" if is_course else "EducationalOccupationalProgram",
        "name": programme.title,
        "description": programme.description or programme.title,
        "url": settings.SITE_URL + programme.get_absolute_url(),
        **({"sameAs": programme.url} if programme.url else {}),
        "inLanguage": programme.language,
        "provider": {
            "@type": "EducationalOrganization",
            "name": programme.provider.name,
            **({"url": programme.provider.url} if programme.provider.url else {}),
        },
    }
    if programme.credits is not None:
        data["numberOfCredits"] = float(programme.credits)
    if is_course:
        data["hasCourseInstance"] = [
            {
                "@type": "CourseInstance",
                "courseMode": _MODES[StudyForm(programme.form)],
                **({"startDate": programme.starts_on.isoformat()} if programme.starts_on else {}),
            }
        ]
    else:
        data["educationalProgramMode"] = _MODES[StudyForm(programme.form)]
        if programme.deadline_on:
            data["applicationDeadline"] = programme.deadline_on.isoformat()
        if programme.starts_on:
            data["startDate"] = programme.starts_on.isoformat()
        if programme.seats is not None:
            data["maximumEnrollment"] = programme.seats
    return json_ld(data)
