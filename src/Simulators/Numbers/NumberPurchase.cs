using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Answers POST IncomingPhoneNumbers.json: sells a number to an account.</summary>
internal sealed partial class NumberPurchase(Simulation simulation)
{
    // Test numbers of Twilio
    private const string Unavailable = "+15005550000";
    private const string Invalid = "+15005550001";

    public async Task<RestAnswer> RunAsync(HttpContext http, SimulatedAccount account)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        var (number, fault) = ChooseNumber(form);
        if (number is null)
        {
            return fault!;
        }

        var (requested, formFault) = NumberForm.Apply(new SimulatedNumber(number, account.Sid), form);
        if (formFault is not null)
        {
            return formFault;
        }

        if (NumbersForSale.FindBlockForSale(number) is not { } seller || simulation.Numbers.Owned(number) is not null)
        {
            return NotAvailable(number);
        }

        if ((simulation.Regulatory.Refusal(seller, requested) ?? CheckBalance(account, seller)) is { } refusal)
        {
            return refusal;
        }

        return simulation.Numbers.Buy(requested, inConsole: false) is { } bought
            ? RestAnswer.Created(bought.Json)
            : NotAvailable(number);
    }

    private (string? Number, TwilioFault? Fault) ChooseNumber(IFormCollection form)
    {
        var number = form["PhoneNumber"].ToString();
        var areaCode = form["AreaCode"].ToString();
        if (number.Length > 0)
        {
            return number switch
            {
                Unavailable => (null, NotAvailable(number)),
                Invalid => (null, NotValid(number)),
                _ => E164().IsMatch(number) ? (number, null) : (null, NotValid(number)),
            };
        }

        if (areaCode.Length == 0)
        {
            return (null, TwilioFault.BadRequest(21421, "PhoneNumber or AreaCode is required"));
        }

        if (!AreaCodePattern().IsMatch(areaCode))
        {
            return (null, TwilioFault.BadRequest(21451, $"Invalid area code: {areaCode}"));
        }

        var available = NumbersForSale.Blocks.Where(block => block.AreaCode == areaCode)
            .SelectMany(block => block.Numbers())
            .FirstOrDefault(candidate => simulation.Numbers.Owned(candidate) is null);
        return available is null
            ? (null, TwilioFault.BadRequest(21452, $"No phone numbers found in area code {areaCode}"))
            : (available, null);
    }

    // Twilio does not document its answer to a balance that is too low. Answer as for an account that is not active.
    private TwilioFault? CheckBalance(SimulatedAccount account, NumberBlock seller)
    {
        if (account.Type == "Trial" && simulation.Numbers.Of(account.Sid).Count > 0)
        {
            return TwilioFault.BadRequest(
                21404, "Trial accounts are allowed only one Twilio number. To get additional numbers upgrade to a full account.");
        }

        return account.Balance < simulation.Prices.Number(seller.Type)
            ? new TwilioFault(20005, StatusCodes.Status403Forbidden, "Account not active: the balance does not cover this purchase")
            : null;
    }

    private static TwilioFault NotAvailable(string number) =>
        TwilioFault.BadRequest(21422, $"The phone number {number} is not available.");

    private static TwilioFault NotValid(string number) =>
        TwilioFault.BadRequest(21421, $"{number} is not a valid number");

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}$")]
    private static partial Regex E164();

    [GeneratedRegex("^[2-9][0-9]{2}$")]
    private static partial Regex AreaCodePattern();
}
