/// Where operators' requests are answered: their watches, what was asked before, what is followed up.
package final class AdminDesk {
    package init() {}
}
