metadata description = 'Monthly budget of the resource group: a mail at 80 % of it spent, and when the forecast exceeds it.'

param name string

@description('In the currency of the billing account.')
@minValue(1)
param amount int
param contactEmail string

@description('First day of the month in which the budget is created; Azure refuses to change it afterwards.')
param startDate string

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    timeGrain: 'Monthly'
    amount: amount
    timePeriod: { startDate: startDate }
    notifications: {
      spent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: [contactEmail]
      }
      forecast: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: [contactEmail]
      }
    }
  }
}
