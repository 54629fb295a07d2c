"""Every variable that there is, for the parity check of stages and templates: no function is given all of them."""

from shared.config import (
    AISettings,
    AlertSettings,
    AlertWebhookSettings,
    AppSettings,
    HousekeepingSettings,
    MailEventSettings,
    MailSettings,
    MongoSettings,
    PublishSettings,
    RedisSettings,
    SearchSettings,
    StorageSettings,
    TokenSettings,
    UploadSettings,
    VerifySettings,
)


class Settings(
    MongoSettings,
    RedisSettings,
    VerifySettings,
    PublishSettings,
    MailSettings,
    AlertSettings,
    AlertWebhookSettings,
    MailEventSettings,
    HousekeepingSettings,
    TokenSettings,
    AppSettings,
    StorageSettings,
    UploadSettings,
    AISettings,
    SearchSettings,
):
    """Every variable there is."""
