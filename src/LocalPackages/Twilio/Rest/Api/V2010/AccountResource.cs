using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;
using Twilio.Types;

namespace Twilio.Rest.Api.V2010;

public class AccountResource : Resource
{
    public sealed class StatusEnum : StringEnum
    {
        public static readonly StatusEnum Active = new("active");
        public static readonly StatusEnum Suspended = new("suspended");
        public static readonly StatusEnum Closed = new("closed");

        private StatusEnum(string value) : base(value) { }

        public StatusEnum() { }

        public static implicit operator StatusEnum(string value) => new(value);
    }

    public sealed class TypeEnum : StringEnum
    {
        public static readonly TypeEnum Trial = new("Trial");
        public static readonly TypeEnum Full = new("Full");

        private TypeEnum(string value) : base(value) { }

        public TypeEnum() { }

        public static implicit operator TypeEnum(string value) => new(value);
    }

    private AccountResource() { }

    public string AuthToken { get; private set; }

    public DateTime? DateCreated { get; private set; }

    public DateTime? DateUpdated { get; private set; }

    public string FriendlyName { get; private set; }

    public string OwnerAccountSid { get; private set; }

    public string Sid { get; private set; }

    public StatusEnum Status { get; private set; }

    public Dictionary<string, string> SubresourceUris { get; private set; }

    public TypeEnum Type { get; private set; }

    public string Uri { get; private set; }

    public static Task<AccountResource> FetchAsync(FetchAccountOptions options, ITwilioRestClient client = null) =>
        Calls.AskAsync<AccountResource>(client, found => new Http.Request(Http.HttpMethod.Get, Domain.Api, $"/2010-04-01/Accounts/{options.PathSid ?? found.AccountSid}.json"));

    public static AccountResource FromJson(string json) => TwilioJson.Read<AccountResource>(json);
}
