namespace Relais.Access;

/// <summary>The permissions of an API key. They are stored in lower case; '*' stands for all of them.</summary>
internal enum Scope
{
    Contacts,
    Campaigns,
    Messages,
    Telephony,
}
