using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;
using Twilio.Types;

namespace Twilio.Rest.Api.V2010.Account;

public partial class MessageResource : Resource
{
    private MessageResource() { }

    public string Body { get; private set; }

    public string NumSegments { get; private set; }

    public DirectionEnum Direction { get; private set; }

    public PhoneNumber From { get; private set; }

    public string To { get; private set; }

    public DateTime? DateUpdated { get; private set; }

    public string Price { get; private set; }

    public string ErrorMessage { get; private set; }

    public string Uri { get; private set; }

    public string AccountSid { get; private set; }

    public string NumMedia { get; private set; }

    public StatusEnum Status { get; private set; }

    public string MessagingServiceSid { get; private set; }

    public string Sid { get; private set; }

    public DateTime? DateSent { get; private set; }

    public DateTime? DateCreated { get; private set; }

    public int? ErrorCode { get; private set; }

    public string PriceUnit { get; private set; }

    public string ApiVersion { get; private set; }

    public Dictionary<string, string> SubresourceUris { get; private set; }

    public static Task<MessageResource> CreateAsync(CreateMessageOptions options, ITwilioRestClient client = null) =>
        Calls.PostAsync<MessageResource>(client, options.PathAccountSid, "Messages.json", options.GetParams());

    public static Task<MessageResource> FetchAsync(FetchMessageOptions options, ITwilioRestClient client = null) =>
        Calls.GetAsync<MessageResource>(client, options.PathAccountSid, $"Messages/{options.PathSid}.json");

    public static Task<MessageResource> FetchAsync(string pathSid, string pathAccountSid = null, ITwilioRestClient client = null) =>
        FetchAsync(new FetchMessageOptions(pathSid) { PathAccountSid = pathAccountSid }, client);

    public static Task<MessageResource> UpdateAsync(UpdateMessageOptions options, ITwilioRestClient client = null) =>
        Calls.PostAsync<MessageResource>(client, options.PathAccountSid, $"Messages/{options.PathSid}.json", options.GetParams());

    public static Task<bool> DeleteAsync(DeleteMessageOptions options, ITwilioRestClient client = null) =>
        Calls.DeleteAsync(client, options.PathAccountSid, $"Messages/{options.PathSid}.json");

    public static Task<ResourceSet<MessageResource>> ReadAsync(ReadMessageOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, options.PathAccountSid, "Messages.json", "messages", options, options.GetParams());

    public static MessageResource FromJson(string json) => TwilioJson.Read<MessageResource>(json);
}
